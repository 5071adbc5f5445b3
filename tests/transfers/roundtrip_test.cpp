#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

TransferOptions with_parts(std::uint64_t part) {
  TransferOptions options;
  options.part_size = part;
  return options;
}

TEST(Transfer, BringsBackWhatWasSentForEverySizeAroundAPart) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{1}, d.part - 1, d.part, d.part + 1, 3 * d.part + 12345}) {
      const std::string bytes = bytes_of(size, size + 1);
      const std::string from = place.dir.path("from"), to = place.dir.path("to");
      write_file(from, bytes);

      const auto up =
          must(place.client->upload(Source::file(from), store, d.bucket, "a/key", with_parts(d.part)).wait());
      const auto down =
          must(place.client->download(store, d.bucket, "a/key", Sink::file(to), with_parts(d.part)).wait());

      EXPECT_EQ(up.bytes, size);
      EXPECT_EQ(down.bytes, size);
      EXPECT_TRUE(read_file(to) == bytes) << d.scheme << " " << size;
      EXPECT_FALSE(std::filesystem::exists(to + ".sluice-part"));
      EXPECT_EQ(must(store.head(d.bucket, "a/key")).size, size);
      std::filesystem::remove(to);
    }
    EXPECT_EQ(place.local.pending_uploads(), 0u);
  }
  EXPECT_TRUE(std::filesystem::is_empty(place.dir.path("state/transfers")));
}

TEST(Transfer, ChecksTheWholeObjectAgainstWhatTheStorePublishes) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string bytes = bytes_of(3 * d.part + 1);

    const auto up =
        must(place.client->upload(Source::memory(bytes), store, d.bucket, "k", with_parts(d.part)).wait());

    const std::string expected = d.scheme == "s3" ? "crc32c" : d.scheme == "qs" ? "md5" : "crc64";
    EXPECT_EQ(up.checked, expected) << d.scheme;
  }
}

TEST(Transfer, MovesMemoryAndStreamsBothWays) {
  Place place({}, [](ClientOptions& options) { options.memory = 64 * kMiB; });
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string bytes = bytes_of(5 * d.part + 777, 9);
    std::size_t next = 0;
    auto read = [&](std::span<char> into) -> Result<std::size_t> {
      const std::size_t count = std::min({into.size(), bytes.size() - next, std::size_t{100'000}});
      bytes.copy(into.data(), count, next);
      next += count;
      return count;
    };

    const auto up = must(
        place.client->upload(Source::stream(read), store, d.bucket, "stream", with_parts(d.part)).wait());
    std::string memory, streamed;
    must(place.client->download(store, d.bucket, "stream", Sink::memory(&memory), with_parts(d.part)).wait());
    auto write = [&](std::string_view piece) -> Result<void> {
      streamed += piece;
      return {};
    };
    must(place.client->download(store, d.bucket, "stream", Sink::stream(write), with_parts(d.part)).wait());

    EXPECT_EQ(up.bytes, bytes.size());
    EXPECT_TRUE(memory == bytes) << d.scheme;
    EXPECT_TRUE(streamed == bytes) << d.scheme;
  }
}

TEST(Transfer, CopiesBetweenEveryPairOfStoresAndWithinEach) {
  Place place;
  for (const DialectUnderTest& a : kDialects) {
    Store from = place.store(a);
    const std::string bytes = bytes_of(2 * 5 * kMiB + 4321, 3);
    must(place.client->upload(Source::memory(bytes), from, a.bucket, "source", with_parts(a.part)).wait());
    for (const DialectUnderTest& b : kDialects) {
      Store to = place.store(b);
      for (const std::uint64_t part : {5 * kMiB, 100 * kMiB}) {
        must(place.client
                 ->copy(from, a.bucket, "source", to, b.bucket, "copy of " + a.scheme, with_parts(part))
                 .wait());
        std::string back;
        must(place.client->download(to, b.bucket, "copy of " + a.scheme, Sink::memory(&back)).wait());
        EXPECT_TRUE(back == bytes) << a.scheme << " to " << b.scheme << " in parts of " << part;
      }
    }
  }
}

TEST(Transfer, MovesTreesAndNamesWhatFailed) {
  Place place;
  const std::string from = place.dir.path("tree"), to = place.dir.path("back");
  std::filesystem::create_directories(from + "/deep/er");
  for (int i = 0; i < 300; ++i) write_file(from + "/deep/file " + std::to_string(i), bytes_of(i * 7, i));
  write_file(from + "/deep/er/large", bytes_of(12 * kMiB));
  write_file(from + "/deep/er/\xE4\xBD\xA0\xE5\xA5\xBD +%", "unicode");
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);

    const auto up = must(place.client->upload_tree(from, store, d.bucket, "t/", with_parts(d.part)).wait());
    const auto down = must(place.client->download_tree(store, d.bucket, "t/", to, with_parts(d.part)).wait());

    EXPECT_EQ(up.objects, 302u) << d.scheme;
    EXPECT_EQ(up.failed, 0u) << d.scheme << (up.failures.empty() ? "" : up.failures.front());
    EXPECT_EQ(down.objects, 302u) << d.scheme << (down.failures.empty() ? "" : down.failures.front());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(from)) {
      if (!entry.is_regular_file()) continue;
      const auto relative = std::filesystem::relative(entry.path(), from);
      EXPECT_TRUE(same_files(entry.path(), to / relative)) << d.scheme << relative;
    }
    std::filesystem::remove_all(to);
  }
}

TEST(Listing, IsTheSamePageByPageInTheMemoryOfTheLastPage) {
  Place place;
  const std::vector<std::string> keys = {"a b", "a/\xE4\xBD\xA0+%", "b", std::string(200, 'c'), "d&<>'\""};
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    Store store = place.store(d);
    for (const std::string& key : keys)
      must(place.client->upload(Source::memory(key), store, d.bucket, key).wait());
    const ListPage whole = must(store.list(d.bucket));

    std::vector<ObjectInfo> found;
    ListOptions two;
    two.limit = 2;
    ListPage page;
    do {
      page = must(store.list(d.bucket, two, std::move(page)));
      found.insert(found.end(), page.objects.begin(), page.objects.end());
      two.marker = page.next_marker;
    } while (!two.marker.empty());

    ASSERT_EQ(whole.objects.size(), keys.size());
    ASSERT_EQ(found.size(), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(whole.objects[i].key, keys[i]);
      EXPECT_EQ(found[i].key, keys[i]);
      EXPECT_EQ(found[i].size, keys[i].size());
      EXPECT_EQ(found[i].etag, whole.objects[i].etag);
      EXPECT_EQ(found[i].modified, whole.objects[i].modified);
    }
  }
}

TEST(Transfer, ComparesContentOverTlsWithSeveralWorkers) {
  LocalStoreOptions tls;
  tls.tls = true;
  Place place(tls, [](ClientOptions& options) { options.workers = 3; });
  const DialectUnderTest& d = dialect("s3");
  Store store = place.store(d);
  const std::string from = place.dir.path("from"), to = place.dir.path("to");
  write_big_file(from, 96 * kMiB + 11);

  must(place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part)).wait());
  must(place.client->download(store, d.bucket, "k", Sink::file(to), with_parts(d.part)).wait());

  EXPECT_TRUE(same_files(from, to));
}

}  // namespace
}  // namespace sluice::transfers
