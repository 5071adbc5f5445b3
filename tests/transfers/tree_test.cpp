// Trees whose files change, have awkward names or wait for each other.
#include <future>
#include <thread>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

void put(Place& place, Store& store, const std::string& bucket, const std::string& key,
         const std::string& bytes) {
  must(place.client->upload(Source::memory(bytes), store, bucket, key).wait(), key.c_str());
}

TEST(Tree, SendsAFileThatGrewPastTheSizeOfOneRequestAfterItWasListed) {
  LocalStoreOptions late;
  late.faults = R"({"seed": 1, "rules": [{"operation": "put_object", "action": "delay", "ms": 100}]})";
  Place place(late, [](ClientOptions& options) { options.concurrency = 1; });
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    std::filesystem::create_directories(place.dir.path(d.scheme));
    for (const char* name : {"/a1", "/a2"}) write_file(place.dir.path(d.scheme + name), "small");
    TransferOptions options;
    options.part_size = d.part;
    auto tree = place.client->upload_tree(place.dir.path(d.scheme), store, d.bucket, "tree/", options);
    while (tree.progress().bytes_total.value_or(0) < 10) std::this_thread::yield();
    const std::string grown = bytes_of(3 * d.part);
    // Whichever is on its way now, the other waits for its slot. At once: half a file would be sent as it is.
    for (const char* name : {"/a1", "/a2"}) {
      const std::string path = place.dir.path(d.scheme + name), other = place.dir.path(d.scheme + "-grown");
      write_file(other, grown);
      std::filesystem::rename(other, path);
    }

    const auto report = must(tree.wait());

    // The one that changed while it was sent may have been refused.
    for (const char* name : {"a1", "a2"}) {
      const auto stored = store.read(d.bucket, std::string("tree/") + name);
      EXPECT_TRUE(stored ? *stored == grown || *stored == "small" : report.failed > 0) << d.scheme;
    }
    EXPECT_GE(report.objects + report.failed, 2u) << d.scheme;
  }
}

TEST(Tree, LosesNoFileToTheNameOfAnUnfinishedDownload) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    put(place, store, d.bucket, "t/x", "the object");
    put(place, store, d.bucket, "t/x.sluice-part", "another object");
    const std::string to = place.dir.path("down-" + d.scheme);
    for (int again = 0; again < 2; ++again) {
      const auto down = must(place.client->download_tree(store, d.bucket, "t/", to).wait());
      EXPECT_EQ(down.failed, 1u) << d.scheme;
      ASSERT_EQ(down.failures.size(), 1u);
      EXPECT_NE(down.failures.front().find("unfinished download"), std::string::npos)
          << down.failures.front();
      EXPECT_EQ(read_file(to + "/x"), "the object");
    }
    write_file(to + "/y.sluice-part", "half of y");

    const auto up = must(place.client->upload_tree(to, store, d.bucket, "again/").wait());

    EXPECT_EQ(up.objects, 1u) << d.scheme;
    ASSERT_EQ(up.notes.size(), 1u);
    EXPECT_NE(up.notes.front().find("y.sluice-part"), std::string::npos) << up.notes.front();
  }
}

TEST(Tree, CopiesAFolderWithItsMarkerToTheRootOfABucket) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string bucket = "root-of-" + d.bucket;
    must(store.create_bucket(bucket));
    put(place, store, d.bucket, "photos/", "");
    put(place, store, d.bucket, "photos/one", "1");

    const auto report = must(place.client->copy_tree(store, d.bucket, "photos/", store, bucket, "").wait());

    EXPECT_EQ(report.failed, 0u) << d.scheme;
    EXPECT_EQ(must(store.read(bucket, "one")), "1") << d.scheme;
  }
}

TEST(Tree, LeavesAloneWhatIsNotWanted) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string from = place.dir.path(d.scheme), to = from + "-down";
    std::filesystem::create_directories(from + "/sub");
    std::filesystem::create_directories(from + "/unread");
    for (const char* name : {"/one", "/sub/one", "/sub/other", "/unread/one"}) write_file(from + name, "1");
    TransferOptions options;
    options.tree.wanted = [](const std::string& name, std::uint64_t size,
                             const std::optional<TimePoint>& modified) {
      return name.ends_with("one") && size == 1 && modified;
    };
    options.tree.enter = [](std::string_view directory) { return directory != "unread/"; };

    const auto up = must(place.client->upload_tree(from, store, d.bucket, "up/", options).wait());
    put(place, store, d.bucket, "up/other", "1");
    const auto over =
        must(place.client->copy_tree(store, d.bucket, "up/", store, d.bucket, "over/", options).wait());
    put(place, store, d.bucket, "over/other", "1");
    const auto down = must(place.client->download_tree(store, d.bucket, "over/", to, options).wait());

    for (const TransferReport* report : {&up, &over, &down}) EXPECT_EQ(report->objects, 2u) << d.scheme;
    for (const char* name : {"/one", "/sub/one"}) EXPECT_EQ(read_file(to + name), "1") << d.scheme;
    EXPECT_FALSE(std::filesystem::exists(to + "/other")) << d.scheme;
  }
}

TEST(Streams, ThatWaitForTheirReadersAndWritersHoldUpNothingElse) {
  Place place;
  const DialectUnderTest& d = dialect("s3");
  Store store = place.store(d);
  put(place, store, d.bucket, "source", "something");
  const std::string file = place.dir.path("file");
  write_big_file(file, 3 * d.part);
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::vector<Transfer> waiting;
  for (int i = 0; i < 8; ++i) {
    auto read = [gate](std::span<char>) -> Result<std::size_t> {
      gate.wait();
      return std::size_t{0};
    };
    waiting.push_back(place.client->upload(Source::stream(read), store, d.bucket, "up" + std::to_string(i)));
    auto write = [gate](std::string_view) -> Result<void> {
      gate.wait();
      return {};
    };
    waiting.push_back(place.client->download(store, d.bucket, "source", Sink::stream(write)));
  }

  TransferOptions in_parts;
  in_parts.part_size = d.part;
  auto other = place.client->upload(Source::file(file), store, d.bucket, "other", in_parts);
  const auto report = other.wait();
  open.set_value();

  EXPECT_EQ(must(report).parts, 3u);
  for (Transfer& each : waiting) must(each.wait());
}

}  // namespace
}  // namespace sluice::transfers
