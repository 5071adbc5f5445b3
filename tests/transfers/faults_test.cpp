// What goes wrong on the way: each ends with the right bytes or with an error that says what to do.

#include <atomic>
#include <thread>

#include "support/http_server.h"
#include "support/small_disk.h"
#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

TransferOptions with_parts(std::uint64_t part) {
  TransferOptions options;
  options.part_size = part;
  return options;
}

/// Up and down again in every dialect under these rules; quick pauses, many attempts.
void survives(const std::string& rules) {
  LocalStoreOptions faulty;
  faulty.faults = R"({"seed": 11, "rules": [)" + rules + "]}";
  Place place(faulty, [](ClientOptions& options) {
    options.max_attempts = 30;
    options.stall_timeout = std::chrono::seconds(1);
  });
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string bytes = bytes_of(6 * d.part + 5, 21);
    const std::string from = place.dir.path("from"), to = place.dir.path("to");
    write_file(from, bytes);

    must(place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part)).wait(),
         d.scheme.c_str());
    must(place.client->download(store, d.bucket, "k", Sink::file(to), with_parts(d.part)).wait(),
         d.scheme.c_str());

    EXPECT_TRUE(read_file(to) == bytes) << d.scheme;
    EXPECT_EQ(place.local.pending_uploads(), 0u) << d.scheme;
    std::filesystem::remove(to);
  }
}

TEST(Faults, ThrottlingIsWaitedOut) {
  survives(R"({"action": "throttle", "probability": 0.2})");
}
TEST(Faults, ResetsInRequestsAndAnswersAreRepeated) {
  survives(
      R"({"operation": "put_part", "action": "reset", "of": "request", "bytes": 300000, "probability": 0.25},
              {"operation": "get_object", "action": "reset", "bytes": 300000, "probability": 0.25},
              {"operation": "put_object", "action": "reset", "of": "request", "bytes": 3, "count": 1})");
}
TEST(Faults, TruncatedBodiesAreRepeated) {
  survives(R"({"operation": "get_object", "action": "truncate", "bytes": 700001, "probability": 0.3})");
}
TEST(Faults, AStalledConnectionIsGivenUpAndRepeated) {
  survives(R"({"operation": "get_object", "action": "stall", "bytes": 100000, "count": 2},
              {"operation": "put_part", "action": "stall", "of": "request", "bytes": 100000, "count": 2})");
}
TEST(Faults, AnErrorInsideA200IsNoSuccess) {
  survives(R"({"operation": "complete_upload", "action": "error_in_200", "count": 2})");
}
TEST(Faults, ALostAnswerToCompleteIsNoFailure) {
  survives(R"({"operation": "complete_upload", "action": "drop_answer", "probability": 0.5})");
}
TEST(Faults, FiveHundredsAreRepeated) {
  survives(R"({"action": "error", "status": 500, "probability": 0.2})");
}

TEST(Faults, WrongBytesAreFoundAndTheObjectIsNotLeftUnderItsName) {
  LocalStoreOptions faulty;
  faulty.faults =
      R"({"seed": 3, "rules": [{"operation": "get_object", "action": "corrupt", "bytes": 1000}]})";
  Place place(faulty);
  for (const DialectUnderTest& d : kDialects) {
    if (d.scheme == "qs") continue;  // publishes no checksum of objects in parts; its own test is below
    Store store = place.store(d);
    const std::string bytes = bytes_of(3 * d.part, 5);
    const std::string to = place.dir.path("to");
    for (const std::uint64_t part : {d.part, 100 * kMiB}) {
      must(place.client->upload(Source::memory(bytes), store, d.bucket, "k", with_parts(part)).wait());

      const auto ended =
          place.client->download(store, d.bucket, "k", Sink::file(to), with_parts(part)).wait();

      ASSERT_FALSE(ended) << d.scheme << " in parts of " << part;
      EXPECT_EQ(ended.error().kind, ErrorKind::integrity) << ended.error().describe();
      EXPECT_FALSE(std::filesystem::exists(to));
      EXPECT_FALSE(std::filesystem::exists(to + ".sluice-part"));
    }
  }
}

TEST(Faults, WrongBytesOfAnObjectOfOnePutAreFoundByItsMd5) {
  LocalStoreOptions faulty;
  faulty.faults = R"({"seed": 3, "rules": [{"operation": "get_object", "action": "corrupt", "bytes": 10}]})";
  Place place(faulty);
  const DialectUnderTest& d = dialect("qs");
  Store store = place.store(d);
  const std::string bytes = bytes_of(2 * kMiB);
  must(place.client->upload(Source::memory(bytes), store, d.bucket, "k").wait());

  std::string back;
  const auto ended = place.client->download(store, d.bucket, "k", Sink::memory(&back)).wait();

  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::integrity);
}

TEST(Faults, WrongBytesOfOneAmongManySmallObjectsAreFound) {
  LocalStoreOptions faulty;
  faulty.faults =
      R"({"seed": 3, "rules": [{"operation": "get_object", "key_prefix": "t/bad", "action": "corrupt", "bytes": 10}]})";
  Place place(faulty);
  const std::string content = bytes_of(5000);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    for (const std::string name : {"t/a", "t/bad", "t/c"})
      must(place.client->upload(Source::memory(content), store, d.bucket, name).wait());
    const std::string to = place.dir.path(d.scheme);

    const auto report = must(place.client->download_tree(store, d.bucket, "t/", to).wait());

    EXPECT_EQ(report.objects, 2u) << d.scheme;
    EXPECT_EQ(report.failed, 1u) << d.scheme;
    EXPECT_FALSE(std::filesystem::exists(to + "/bad")) << d.scheme;
    EXPECT_TRUE(std::filesystem::exists(to + "/c")) << d.scheme;
  }
}

TEST(Faults, AClockTwentyMinutesOffIsCorrectedByTheServersDate) {
  for (const std::int64_t offset : {20 * 60, -20 * 60}) {
    LocalStoreOptions skewed;
    skewed.clock_offset_seconds = offset;
    LocalStore local(skewed);
    TempDir dir;
    for (const DialectUnderTest& d : kDialects) {
      auto client = must(Client::open(client_options(dir)));
      Store store = must(client.store(store_options(local, d)));

      must(store.create_bucket(d.bucket), (d.scheme + ": ").c_str());
      must(client.upload(Source::memory(std::string_view("hello")), store, d.bucket, "k").wait(),
           d.scheme.c_str());

      EXPECT_EQ(must(store.read(d.bucket, "k")), "hello") << d.scheme;
    }
  }
}

TEST(Faults, ABucketInAnotherRegionIsReachedOrItsRegionIsNamed) {
  LocalStoreOptions elsewhere;
  for (const DialectUnderTest& d : kDialects)
    if (d.scheme == "s3" || d.scheme == "tos" || d.scheme == "oss")
      elsewhere.regions.emplace_back(d.scheme, "far-2");
  LocalStore local(elsewhere);
  TempDir dir;
  auto client = must(Client::open(client_options(dir)));
  for (const std::string scheme : {"s3", "tos", "oss"}) {
    const DialectUnderTest& d = dialect(scheme);
    Store store = must(client.store(store_options(local, d)));

    const auto made = store.create_bucket(d.bucket);

    if (scheme == "s3") {
      must(made);
      continue;
    }
    ASSERT_FALSE(made) << scheme;
    EXPECT_NE(made.error().describe().find("region"), std::string::npos) << made.error().describe();
  }
}

TEST(Faults, AFullDiskEndsInAnErrorThatNamesTheFile) {
  TempDir disk;
  const std::string to = disk.path("to");
  const int code = testing::on_small_disk(disk.path(), "1m", [&] {
    Place place;
    const DialectUnderTest& d = dialect("cos");
    Store store = place.store(d);
    const std::string bytes = bytes_of(4 * kMiB);
    must(place.client->upload(Source::memory(bytes), store, d.bucket, "k", with_parts(d.part)).wait());
    for (const std::uint64_t part : {d.part, 100 * kMiB}) {
      const auto ended =
          place.client->download(store, d.bucket, "k", Sink::file(to), with_parts(part)).wait();
      const bool right = !ended && ended.error().kind == ErrorKind::disk &&
                         ended.error().system_error == ENOSPC &&
                         ended.error().describe().find(to) != std::string::npos;
      if (!right) std::fprintf(stderr, "%s\n", ended ? "it fitted" : ended.error().describe().c_str());
      if (!right || std::filesystem::exists(to)) return 1;
    }
    return 0;
  });
  ASSERT_NE(code, testing::kNoSmallDisk) << "a tmpfs cannot be mounted here";
  EXPECT_EQ(code, 0);
}

TEST(Faults, ACertificateNobodyVouchesForIsRefused) {
  LocalStoreOptions tls;
  tls.tls = true;
  LocalStore local(tls);
  TempDir dir;
  auto options = client_options(dir);
  options.max_attempts = 3;
  auto client = must(Client::open(options));
  Store store = must(client.store(store_options(local, dialect("s3"))));

  const auto listed = store.list_buckets();

  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, ErrorKind::tls) << listed.error().describe();
}

TEST(Faults, ARedirectToAnotherHostCarriesNoCredentials) {
  std::atomic<int> reached{0};
  testing::HttpServer other([&](const testing::HttpRequest&) {
    ++reached;
    return testing::HttpAnswer();
  });
  testing::HttpServer server([&](const testing::HttpRequest&) {
    testing::HttpAnswer answer;
    answer.status = 307;
    answer.headers = {{"Location", "http://" + other.address() + "/elsewhere"}};
    return answer;
  });
  TempDir dir;
  auto client = must(Client::open(client_options(dir)));
  for (const DialectUnderTest& d : kDialects) {
    StoreOptions to;
    to.scheme = d.scheme;
    to.endpoint = "http://" + server.address();
    to.region = "local-1";
    to.credentials.access_key = "AK";
    to.credentials.secret_key = "SK";
    Store store = must(client.store(to));

    EXPECT_FALSE(store.read(d.bucket, "k")) << d.scheme;
    EXPECT_FALSE(client.upload(Source::memory(std::string_view("x")), store, d.bucket, "k").wait())
        << d.scheme;
  }
  EXPECT_EQ(reached, 0);
}

TEST(Faults, KeysOfEveryKindTravelUnchangedAndTooLongOnesAreRefusedBeforeAnyRequest) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::size_t longest = d.scheme == "cos" ? 850 : d.scheme == "oss" || d.scheme == "qs" ? 1023 : 1024;
    for (const std::string& key :
         {std::string("with space"), std::string("a+b"), std::string("a//b"), std::string("a/./b"),
          std::string("%41%2F"), std::string("\xE4\xBD\xA0\xE5\xA5\xBD/\xF0\x9F\x98\x80"),
          std::string("trailing/"), std::string("q?x=1&y#z"), std::string("!'()*~;:@=,$"),
          std::string(longest, 'k')}) {
      const std::string bytes = "content of " + key;
      must(place.client->upload(Source::memory(bytes), store, d.bucket, key).wait(),
           (d.scheme + " " + key).c_str());
      EXPECT_TRUE(must(store.read(d.bucket, key)) == bytes) << d.scheme << " " << key;
      ListOptions exactly;
      exactly.prefix = key;
      const auto page = must(store.list(d.bucket, exactly));
      ASSERT_FALSE(page.objects.empty()) << d.scheme << " " << key;
      EXPECT_EQ(page.objects.front().key, key) << d.scheme;
    }
    place.local.reset_counters();

    const auto refused =
        place.client
            ->upload(Source::memory(std::string_view("x")), store, d.bucket, std::string(longest + 1, 'k'))
            .wait();

    ASSERT_FALSE(refused) << d.scheme;
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
    EXPECT_NE(refused.error().describe().find(std::to_string(longest)), std::string::npos)
        << refused.error().describe();
    EXPECT_EQ(place.local.requests(d.scheme, "put_object"), 0u);
  }
}

TEST(Faults, ABlockedWorkerIsNotNeededToCancel) {
  LocalStoreOptions stalled;
  stalled.faults =
      R"({"seed": 1, "rules": [{"operation": "put_part", "action": "stall", "of": "request", "bytes": 1}]})";
  Place place(stalled);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string bytes = bytes_of(3 * d.part);
    auto transfer = place.client->upload(Source::memory(bytes), store, d.bucket, "k", with_parts(d.part));
    while (!transfer.progress().bytes_total) std::this_thread::yield();

    transfer.cancel();
    const auto ended = transfer.wait();

    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::cancelled) << ended.error().describe();
    EXPECT_FALSE(store.head(d.bucket, "k")) << d.scheme;
  }
}

}  // namespace
}  // namespace sluice::transfers
