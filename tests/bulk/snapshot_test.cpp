// A listing in a file.
#include "bulk/snapshot.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "bulk/open_listing.h"
#include "io/state_sqlite.h"
#include "tests/bulk/key_store.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using transfers::must;
using transfers::write_file;
using Names = std::vector<std::string>;

/// Pages as they were given, then an error or the end.
struct Given final : Listing {
  std::vector<std::vector<Entry>> pages;
  std::optional<Error> error;
  std::size_t at = 0;
  Result<std::vector<Entry>> next() override {
    if (at < pages.size()) return pages[at++];
    if (error) return unexpected(*error);
    return std::vector<Entry>();
  }
};

struct Snapshot : ::testing::Test {
  transfers::TempDir dir;
  KeyPlace place{{}, "p/"};
  std::string path = dir.path("listing");

  void save(const Names& names) {
    Given listing;
    for (const auto& name : names) listing.pages.push_back({{name, {}}});
    must(save_listing(listing, place.side, path));
  }
  Listed read(ListingOptions options = {}) { return read_all(*read_listing(place.side, path, options)); }
  std::string refusal() {
    const Listed all = read();
    return all.error ? all.error->describe() : "it was read";
  }
  void change(const char* sql) { must(must(io::Sqlite::open(path, false))->run(sql)); }
};

TEST_F(Snapshot, KeepsWhatWasListed) {
  Entry entry{"a b", {}};
  entry.info.size = 1ull << 40;
  entry.info.etag = "abc-2";
  entry.info.modified = TimePoint(std::chrono::milliseconds(1700000000123));
  entry.info.crc64 = 18446744073709551615ull;
  entry.info.storage_class = "IA";
  entry.info.content_type = "text/plain";
  Given listing;
  listing.pages = {{{"\xc3\xa4", {}}, {"b", {}}}, {entry}};

  must(save_listing(listing, place.side, path));
  auto page = must(read_listing(place.side, path, {})->next());

  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page[0].name, "a b");
  EXPECT_EQ(page[0].info.key, "p/a b");
  EXPECT_EQ(page[0].info.size, entry.info.size);
  EXPECT_EQ(page[0].info.etag, entry.info.etag);
  EXPECT_EQ(page[0].info.modified, entry.info.modified);
  EXPECT_EQ(page[0].info.crc64, entry.info.crc64);
  EXPECT_EQ(page[0].info.storage_class, entry.info.storage_class);
  EXPECT_EQ(page[0].info.content_type, entry.info.content_type);
  EXPECT_EQ(page[1].name, "b");
  EXPECT_FALSE(page[1].info.modified);
  EXPECT_FALSE(page[1].info.crc64);
  EXPECT_EQ(page[2].name, "\xc3\xa4");
}

TEST_F(Snapshot, IsReadAsOftenAsWantedFromAnyName) {
  Names names;
  for (int i = 10'000; i < 12'500; ++i) names.push_back("n" + std::to_string(i));
  save(names);

  EXPECT_EQ(read().names, names);
  EXPECT_EQ(read({.start_after = "n12000x"}).names, Names(names.begin() + 2001, names.end()));
  EXPECT_EQ(read({.start_after = "o"}).names, Names());
  EXPECT_FALSE(read({.start_after = "o"}).error);
}

TEST_F(Snapshot, LeavesMarkersOutWhereTheyAreNotWanted) {
  save({"a/", "a/x"});
  EXPECT_EQ(read({.skip_markers = true}).names, Names{"a/x"});
  EXPECT_EQ(read().names, (Names{"a/", "a/x"}));
}

TEST_F(Snapshot, HoldsNothingOfAnEmptySide) {
  save({});
  EXPECT_EQ(read().names, Names());
  EXPECT_FALSE(read().error);
}

TEST_F(Snapshot, IsOfOneSide) {
  save({"a"});
  place.side.root.key = "q/";
  EXPECT_NE(refusal().find("is a listing of s3://bucket/p/, not of s3://bucket/q/"), std::string::npos);
  place.side.root.key = "p/";
  place.store->endpoint = "http://elsewhere";
  EXPECT_NE(refusal().find("not of s3://bucket/p/ at http://elsewhere"), std::string::npos) << refusal();
}

TEST_F(Snapshot, IsOfADirectoryHoweverItIsWritten) {
  place.side = {};
  place.side.directory = dir.path("root");
  save({"a"});
  place.side.directory = dir.path("other/../root/");
  EXPECT_EQ(read().names, Names{"a"});
  EXPECT_EQ(must(read_listing(place.side, path, {})->next()).front().info.key, "a");
}

TEST_F(Snapshot, IsOfNoUseUnfinished) {
  save({"a"});
  change("UPDATE listing SET complete=0");
  EXPECT_NE(refusal().find(path + ": it was not finished"), std::string::npos) << refusal();
  EXPECT_NE(refusal().find("--save-listing"), std::string::npos);
}

TEST_F(Snapshot, IsOfNoUseWhenItLacksEntries) {
  save({"a", "b", "c"});
  change("DELETE FROM entry WHERE name='b'");
  EXPECT_NE(refusal().find("holds 2 entries and should hold 3"), std::string::npos) << refusal();
}

TEST_F(Snapshot, IsOfNoUseWrittenByANewerVersion) {
  save({"a"});
  change("PRAGMA user_version=2");
  EXPECT_NE(refusal().find("newer version"), std::string::npos) << refusal();
}

TEST_F(Snapshot, IsOfNoUseDamaged) {
  Names names;
  for (int i = 10'000; i < 20'000; ++i) names.push_back("n" + std::to_string(i));
  save(names);
  const auto size = std::filesystem::file_size(path);
  std::filesystem::copy(path, path + ".whole");
  for (const auto cut : {size / 2, size - 1, std::uintmax_t{100}}) {
    std::filesystem::resize_file(path, cut);
    EXPECT_TRUE(read().error) << cut;
    std::filesystem::copy(path + ".whole", path, std::filesystem::copy_options::overwrite_existing);
  }
  // Any page that is not one, but for those that hold what nobody asks for.
  for (std::uintmax_t at = 0; at < size; at += 4096 * 7) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << std::string(64, '\xff');
    file.close();
    EXPECT_TRUE(read().error) << at;
    std::filesystem::copy(path + ".whole", path, std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(read().names, names);
}

TEST_F(Snapshot, IsNotAnyFile) {
  EXPECT_NE(refusal().find(path), std::string::npos);
  write_file(path, "my letters, which are long enough to be something\n");
  EXPECT_NE(refusal().find("not a database"), std::string::npos) << refusal();
}

TEST_F(Snapshot, ReplacesAnEarlierOneAndNothingElse) {
  save({"a"});
  save({"b"});
  EXPECT_EQ(read().names, Names{"b"});

  write_file(path, "my letters\n");
  Given listing;
  const auto refused = save_listing(listing, place.side, path);

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().describe().find("is no listing"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path), 11u);
}

TEST_F(Snapshot, LeavesTheEarlierOneWhenTheListFails) {
  save({"a"});
  Given listing;
  listing.pages = {{{"b", {}}}};
  listing.error = make_error(ErrorKind::network, "gone");

  EXPECT_EQ(save_listing(listing, place.side, path).error().message, "gone");

  EXPECT_EQ(read().names, Names{"a"});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path("")), {}), 1);
}

TEST_F(Snapshot, OfAThousandPagesIsReadInOrder) {
  Given listing;
  Names names;
  for (int i = 0; i < 100'000; ++i) names.push_back(std::to_string(1'000'000 + i));
  for (std::size_t i = names.size(); i > 0; i -= 100) {
    listing.pages.emplace_back();
    for (std::size_t j = i - 100; j < i; ++j) listing.pages.back().push_back({names[j], {}});
  }

  must(save_listing(listing, place.side, path));

  EXPECT_EQ(read().names, names);
}

}  // namespace
}  // namespace sluice::bulk
