// What must not be overwritten: a single object or file is refused, a tree goes on without it.
#include <thread>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

TransferOptions careful(const DialectUnderTest& d) {
  TransferOptions options;
  options.part_size = d.part;
  options.forbid_overwrite = true;
  return options;
}

void put(Place& place, Store store, const DialectUnderTest& d, const std::string& key,
         const std::string& bytes) {
  must(place.client->upload(Source::memory(bytes), store, d.bucket, key).wait());
}

void expect_refused(const Result<TransferReport>& ended) {
  ASSERT_FALSE(ended);
  EXPECT_TRUE(is_already_exists(ended.error())) << ended.error().describe();
}

TEST(LeftAlone, AnObjectIsRefusedBeforeItsPartsAreSent) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d), other = place.store(dialect(d.scheme == "oss" ? "s3" : "oss"));
    const std::string elsewhere = dialect(d.scheme == "oss" ? "s3" : "oss").bucket;
    put(place, store, d, "taken", "what stands there");
    for (const std::uint64_t size : {std::uint64_t{5}, std::uint64_t{200 * kKiB}, 2 * d.part + 3}) {
      SCOPED_TRACE(d.scheme + ", " + std::to_string(size) + " bytes");
      const std::string bytes = bytes_of(size);
      put(place, store, d, "source", bytes);
      must(place.client->upload(Source::memory(bytes), other, elsewhere, "source").wait());
      const auto stream = [&bytes, at = std::size_t{0}](std::span<char> into) mutable -> Result<std::size_t> {
        const std::size_t count = bytes.copy(into.data(), into.size(), at);
        at += count;
        return count;
      };
      Client& client = *place.client;
      place.local.reset_counters();

      expect_refused(client.upload(Source::memory(bytes), store, d.bucket, "taken", careful(d)).wait());
      expect_refused(client.upload(Source::stream(stream), store, d.bucket, "taken", careful(d)).wait());
      expect_refused(client.copy(store, d.bucket, "source", store, d.bucket, "taken", careful(d)).wait());
      expect_refused(client.copy(other, elsewhere, "source", store, d.bucket, "taken", careful(d)).wait());

      EXPECT_EQ(must(store.read(d.bucket, "taken")), "what stands there");
      EXPECT_EQ(place.local.requests(d.scheme, "put_part"), 0u);
      EXPECT_EQ(place.local.requests(d.scheme, "create_upload"), 0u);
      EXPECT_EQ(place.local.pending_uploads(), 0u);
    }
  }
}

TEST(LeftAlone, AnObjectThatIsNotThereIsWrittenByEveryPath) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    for (const std::uint64_t size : {std::uint64_t{5}, std::uint64_t{200 * kKiB}, 2 * d.part + 3}) {
      SCOPED_TRACE(d.scheme + ", " + std::to_string(size) + " bytes");
      const std::string bytes = bytes_of(size), key = std::to_string(size);

      must(place.client->upload(Source::memory(bytes), store, d.bucket, key, careful(d)).wait());
      must(place.client->copy(store, d.bucket, key, store, d.bucket, key + "copy", careful(d)).wait());

      std::string back;
      must(place.client->download(store, d.bucket, key + "copy", Sink::memory(&back)).wait());
      EXPECT_TRUE(back == bytes);
    }
  }
}

TEST(LeftAlone, OfTwoWritersTheLaterOneIsRefusedAndLeavesNothingBehind) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    Store store = place.store(d);
    const std::string file = place.dir.path("file");
    write_big_file(file, 3 * d.part);
    std::uint64_t given = 0;
    // The upload is under way by the time that its second part is asked for.
    const auto read = [&](std::span<char> into) -> Result<std::size_t> {
      if (given == d.part) put(place, store, d, "k", "the first one");
      const auto count = std::min<std::uint64_t>({into.size(), d.part - given % d.part, 3 * d.part - given});
      given += count;
      return static_cast<std::size_t>(count);
    };

    expect_refused(place.client->upload(Source::stream(read), store, d.bucket, "k", careful(d)).wait());

    EXPECT_EQ(must(store.read(d.bucket, "k")), "the first one");
    EXPECT_EQ(place.local.pending_uploads(), 0u);
  }
}

TEST(LeftAlone, AFileInPartsWhoseNameWasTakenMeanwhileKeepsNoUpload) {
  LocalStoreOptions slow;
  slow.faults = R"({"seed": 1, "rules": [{"operation": "put_part", "action": "delay", "ms": 20}]})";
  Place place(slow, [](ClientOptions& options) { options.concurrency = 1; });
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    Store store = place.store(d);
    write_big_file(place.dir.path("file"), 6 * d.part);
    auto upload =
        place.client->upload(Source::file(place.dir.path("file")), store, d.bucket, "k", careful(d));
    while (upload.progress().parts_done < 1) std::this_thread::yield();
    put(place, store, d, "k", "the first one");

    expect_refused(upload.wait());

    EXPECT_EQ(must(store.read(d.bucket, "k")), "the first one");
    EXPECT_EQ(place.local.pending_uploads(), 0u);
    EXPECT_EQ(must(store.collect_uploads(d.bucket)).size(), 0u);
  }
}

TEST(LeftAlone, WhatACompleteWithALostAnswerJoinedIsNoOtherObject) {
  LocalStoreOptions losing;
  losing.faults = R"({"seed": 1, "rules": [
      {"operation": "complete_upload", "action": "drop_answer", "count": 1}]})";
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    Place place(losing);
    Store store = place.store(d);
    const std::string bytes = bytes_of(2 * d.part);

    must(place.client->upload(Source::memory(bytes), store, d.bucket, "k", careful(d)).wait());

    EXPECT_TRUE(must(store.read(d.bucket, "k")) == bytes);
    expect_refused(place.client->upload(Source::memory(bytes), store, d.bucket, "k", careful(d)).wait());
  }
}

TEST(LeftAlone, AFileIsRefusedAndATreeGoesOnWithoutIt) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    Client& client = *place.client;
    const std::string small = "small", large = bytes_of(2 * d.part + 3);
    put(place, store, d, "t/small", small);
    put(place, store, d, "t/large", large);
    put(place, store, d, "t/sub/new", "new");
    put(place, store, d, "t/sub/large", large);
    for (const char* taken : {"small", "large"}) {
      SCOPED_TRACE(d.scheme + ", " + taken);
      const std::string to = place.dir.path(d.scheme + taken);
      std::filesystem::create_directories(to);
      write_file(to + "/" + taken, "mine");
      std::filesystem::create_symlink("nowhere", to + "/link");

      expect_refused(client.download(store, d.bucket, std::string("t/") + taken,
                                     Sink::file(to + "/" + taken), careful(d)).wait());
      expect_refused(
          client.download(store, d.bucket, "t/small", Sink::file(to + "/link"), careful(d)).wait());
      const auto report = must(client.download_tree(store, d.bucket, "t/", to, careful(d)).wait());

      EXPECT_EQ(report.left_alone, 1u);
      EXPECT_EQ(report.objects, 3u);
      EXPECT_EQ(report.failed, 0u);
      EXPECT_EQ(read_file(to + "/" + taken), "mine");
      EXPECT_EQ(read_file(to + "/sub/new"), "new");
      EXPECT_TRUE(read_file(to + "/sub/large") == large);
      EXPECT_TRUE(std::filesystem::is_symlink(to + "/link"));
      EXPECT_FALSE(std::filesystem::exists(to + "/" + taken + ".sluice-part"));
    }
  }
}

TEST(LeftAlone, ATreeOfObjectsIsCountedNotFailed) {
  Place place;
  std::filesystem::create_directories(place.dir.path("tree"));
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    Client& client = *place.client;
    const std::string large = bytes_of(2 * d.part + 3);
    for (const char* name : {"one", "two"}) write_file(place.dir.path(std::string("tree/") + name), name);
    for (const char* name : {"large", "larger"})
      write_file(place.dir.path(std::string("tree/") + name), large);
    for (const char* prefix : {"up/", "copied/"})
      for (const char* name : {"one", "large"}) put(place, store, d, prefix + std::string(name), "mine");

    const std::string tree = place.dir.path("tree");
    const auto up = must(client.upload_tree(tree, store, d.bucket, "up/", careful(d)).wait());
    const auto copied =
        must(client.copy_tree(store, d.bucket, "up/", store, d.bucket, "copied/", careful(d)).wait());

    for (const TransferReport& report : {up, copied}) {
      EXPECT_EQ(report.left_alone, 2u) << d.scheme;
      EXPECT_EQ(report.objects, 2u) << d.scheme;
      EXPECT_EQ(report.failed, 0u) << d.scheme << report.failures.size();
    }
    for (const char* prefix : {"up/", "copied/"}) {
      EXPECT_EQ(must(store.read(d.bucket, prefix + std::string("large"))), "mine");
      EXPECT_EQ(must(store.read(d.bucket, prefix + std::string("two"))), "two");
    }
  }
}

}  // namespace
}  // namespace sluice::transfers
