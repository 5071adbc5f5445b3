// Trees of small objects are copied between stores by one GET and one PUT each, within a store by one
// request; what has changed since it was listed is copied as it is.
#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

constexpr std::uint64_t kObjects = 12;

void put(Place& place, Store store, const std::string& bucket, const std::string& key,
         const std::string& bytes) {
  must(place.client->upload(Source::memory(bytes), store, bucket, key).wait(), key.c_str());
}

/// From nothing to the largest that goes this way, below "t/".
std::string content(std::uint64_t index) {
  return bytes_of(index == 0 ? 0 : index + 1 == kObjects ? kMiB : 100 * index, index + 1);
}
std::string name_of(std::uint64_t index) {
  return "t/" + std::to_string(100 + index);
}
void fill(Place& place, const DialectUnderTest& d) {
  for (std::uint64_t i = 0; i < kObjects; ++i) put(place, place.store(d), d.bucket, name_of(i), content(i));
}

void expect_copied(Store store, const std::string& bucket, const std::string& prefix) {
  for (std::uint64_t i = 0; i < kObjects; ++i)
    EXPECT_TRUE(must(store.read(bucket, prefix + name_of(i).substr(2))) == content(i)) << prefix << i;
}

std::string first_failure(const TransferReport& report) {
  return report.failures.empty() ? "" : report.failures.front();
}

TEST(SmallCopies, CostTwoRequestsEachBetweenStoresAndOneWithin) {
  Place place;
  for (const DialectUnderTest& a : kDialects) fill(place, a);
  for (const DialectUnderTest& a : kDialects) {
    for (const DialectUnderTest& b : kDialects) {
      SCOPED_TRACE(a.scheme + " to " + b.scheme);
      Store from = place.store(a), to = place.store(b);
      const std::string prefix = "from-" + a.scheme + "/";
      place.local.reset_counters();

      const auto report = must(place.client->copy_tree(from, a.bucket, "t/", to, b.bucket, prefix).wait());

      const bool first_version = a.scheme == "cos" || a.scheme == "qs";
      std::map<std::string, std::uint64_t> wanted{
          {a.scheme + (first_version ? " list_objects" : " list_objects_v2"), 1}};
      if (a.scheme == b.scheme) {
        wanted[b.scheme + " copy_object"] = kObjects;
      } else {
        wanted[a.scheme + " get_object"] = kObjects;
        wanted[b.scheme + " put_object"] = kObjects;
      }
      EXPECT_EQ(place.local.requests(), wanted);
      EXPECT_EQ(report.requests, (a.scheme == b.scheme ? 1 : 2) * kObjects + 1);
      EXPECT_EQ(report.objects, kObjects) << first_failure(report);
      expect_copied(to, b.bucket, prefix);
    }
  }
}

TEST(SmallCopies, RepeatOnlyTheRequestThatFailed) {
  LocalStoreOptions faulty;
  faulty.faults =
      R"({"seed": 5, "rules": [{"operation": "put_object", "key_prefix": "to/", "action": "error", "status": 500, "count": 8},
                               {"operation": "put_object", "key_prefix": "to/", "action": "drop_answer", "count": 8}]})";
  Place place(faulty);
  for (const std::string scheme : {"oss", "s3"}) {
    const DialectUnderTest &a = dialect("qs"), &b = dialect(scheme);
    fill(place, a);
    place.local.reset_counters();

    const auto report =
        must(place.client->copy_tree(place.store(a), a.bucket, "t/", place.store(b), b.bucket, "to/").wait());

    EXPECT_EQ(report.objects, kObjects) << first_failure(report);
    EXPECT_EQ(place.local.requests("qs", "get_object"), kObjects) << scheme;
    expect_copied(place.store(b), b.bucket, "to/");
  }
}

TEST(SmallCopies, FindWrongBytesBeforeAnythingIsWritten) {
  LocalStoreOptions faulty;
  faulty.faults =
      R"({"seed": 3, "rules": [{"operation": "get_object", "key_prefix": "t/bad", "action": "corrupt", "bytes": 10}]})";
  Place place(faulty);
  for (const DialectUnderTest& a : kDialects) {
    const DialectUnderTest& b = dialect(a.scheme == "qs" ? "oss" : "qs");
    for (const char* key : {"t/a", "t/bad", "t/c"}) put(place, place.store(a), a.bucket, key, bytes_of(5000));
    place.local.reset_counters();

    const auto report =
        must(place.client->copy_tree(place.store(a), a.bucket, "t/", place.store(b), b.bucket, "to/").wait());

    EXPECT_EQ(report.objects, 2u) << a.scheme;
    EXPECT_EQ(report.failed, 1u) << a.scheme;
    EXPECT_EQ(place.local.requests(b.scheme, "put_object"), 2u) << a.scheme;
    for (const char* key : {"to/a", "to/c"}) must(place.store(b).remove(b.bucket, key));
  }
}

/// A store whose object "t/k" becomes another one as soon as it was listed.
struct ChangingStore : ScriptedStore {
  ChangingStore(const DialectUnderTest& d, std::string first, std::string then)
      : ScriptedStore(d, [this, then](const HttpRequest& request, HttpAnswer&) {
          if (request.target.find("prefix=") != std::string::npos) put("t/k", then);
        }) {
    put("t/k", std::move(first));
  }
};

struct ChangedObjects : ::testing::Test {
  TempDir dir;
  Client client = must(Client::open(client_options(dir)));
};

TEST_F(ChangedObjects, AreCopiedAsTheyAreWhenTheyAreRead) {
  const std::string first = bytes_of(2000, 1);
  for (const DialectUnderTest& d : kDialects) {
    for (const std::string& then :
         {bytes_of(2000, 2), bytes_of(300, 3), bytes_of(2001, 4), bytes_of(3 * kMiB, 5)}) {
      SCOPED_TRACE(d.scheme + " " + std::to_string(then.size()));
      ChangingStore source(d, first, then);
      ScriptedStore target(dialect(d.scheme == "oss" ? "s3" : "oss"));

      const auto report = must(client
                                   .copy_tree(source.open(client), source.bucket(), "t/", target.open(client),
                                              target.bucket(), "to/")
                                   .wait());

      EXPECT_EQ(report.objects, 1u) << first_failure(report);
      EXPECT_EQ(report.bytes, then.size());
      EXPECT_TRUE(target.bytes("to/k") == then);
    }
  }
}

TEST_F(ChangedObjects, AreCopiedAsTheyAreByTheStoreItself) {
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    ChangingStore store(d, "as it was listed", "as it is");
    const std::string stale = store.etag_of("as it was listed");
    store.refuse = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      const std::string condition = header_prefix(d.scheme) + "copy-source-if-match";
      if (request.header(condition).find(stale) == std::string::npos) return {};
      HttpAnswer refusal;
      refusal.status = 412;
      return refusal;
    };
    Store same = store.open(client);

    const auto report = must(client.copy_tree(same, d.bucket, "t/", same, d.bucket, "k").wait());

    EXPECT_EQ(report.objects, 1u) << first_failure(report);
    EXPECT_EQ(report.bytes, 8u);
    EXPECT_EQ(store.bytes("kk"), "as it is");
  }
}

TEST_F(ChangedObjects, AreFoundAtTheTargetThatProvesNothingByItsAnswer) {
  const std::string bytes = bytes_of(2000);
  for (const bool cut : {false, true}) {
    SCOPED_TRACE(cut);
    ScriptedStore source(dialect("s3"));
    source.put("t/k", bytes);
    // Its ETags are no MD5s and it tells no checksum.
    ScriptedStore target(dialect("oss"), [cut](const HttpRequest& request, HttpAnswer& answer) {
      if (request.method != "HEAD" || !cut) return;
      std::erase_if(answer.headers, [](const auto& field) { return field.first == "Content-Length"; });
      answer.headers.emplace_back("Content-Length", "1999");
    });
    target.etag_of = [](const std::string&) { return "opaque"; };

    const auto report = must(client
                                 .copy_tree(source.open(client), source.bucket(), "t/", target.open(client),
                                            target.bucket(), "to/")
                                 .wait());

    EXPECT_EQ(report.failed, cut ? 1u : 0u) << first_failure(report);
    EXPECT_EQ(target.has("to/k"), !cut);
    const auto requests = target.requests();
    EXPECT_EQ(std::count(requests.begin(), requests.end(), "HEAD /sluice-test/to/k"), 1);
  }
}

TEST_F(ChangedObjects, AreRemovedWhereTheTargetsAnswerSaysSo) {
  ScriptedStore source(dialect("qs"));
  source.put("t/k", bytes_of(2000));
  ScriptedStore target(dialect("tos"), [](const HttpRequest& request, HttpAnswer& answer) {
    if (request.method == "PUT") answer.headers.emplace_back("x-tos-hash-crc64ecma", "1");
  });

  const auto report = must(
      client
          .copy_tree(source.open(client), source.bucket(), "t/", target.open(client), target.bucket(), "to/")
          .wait());

  EXPECT_EQ(report.failed, 1u);
  EXPECT_NE(first_failure(report).find("CRC64"), std::string::npos) << first_failure(report);
  EXPECT_FALSE(target.has("to/k"));
}

}  // namespace
}  // namespace sluice::transfers
