// A local directory as a listing.
#include "bulk/walk_listing.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/bulk/key_store.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using transfers::write_file;
using Names = std::vector<std::string>;

struct WalkListing : ::testing::Test {
  transfers::TempDir dir;
  Side side;
  Names skipped, failed;
  ListingOptions options;

  void SetUp() override {
    side.directory = dir.path("root");
    std::filesystem::create_directories(side.directory);
    options.notes.skipped = [this](const std::string& name, std::string_view what) {
      skipped.push_back(name + ": " + std::string(what));
    };
    options.notes.failed = [this](const Error& error) { failed.push_back(error.message); };
  }
  void make(const std::string& name, const std::string& bytes = {}) {
    const std::string path = side.directory + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    write_file(path, bytes);
  }
  Names names() { return read_all(*list_directory(side, options)).names; }
};

TEST_F(WalkListing, NamesEveryFileInByteOrderWithSizeAndTime) {
  for (const char* name : {"b/x", "b.txt", "b", "a/b/c", "a-b"})
    if (std::string(name) != "b") make(name, "123");
  const auto time = std::filesystem::file_time_type(std::chrono::seconds(0));
  std::filesystem::last_write_time(side.directory + "/a-b", time);

  auto listing = list_directory(side, options);
  auto page = transfers::must(listing->next());

  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(page[0].name, "a-b");
  EXPECT_EQ(page[0].info.size, 3u);
  struct stat s {};
  ASSERT_EQ(stat((side.directory + "/a-b").c_str(), &s), 0);
  EXPECT_EQ(page[0].info.modified->time_since_epoch(), std::chrono::seconds(s.st_mtim.tv_sec));
  EXPECT_EQ(page[1].name, "a/b/c");
  EXPECT_EQ(page[2].name, "b.txt");
  EXPECT_EQ(page[3].name, "b/x");
  EXPECT_TRUE(transfers::must(listing->next()).empty());
}

TEST_F(WalkListing, GivesManyFilesAPageAtATime) {
  Names made;
  for (int i = 10'000; i < 12'500; ++i) made.push_back("f" + std::to_string(i));
  for (const auto& name : made) make(name);

  EXPECT_EQ(names(), made);
}

TEST_F(WalkListing, GoesOnBehindAName) {
  for (const char* name : {"a/1", "a/2", "b", "c/d/e"}) make(name);
  options.start_after = "a/1";
  EXPECT_EQ(names(), (Names{"a/2", "b", "c/d/e"}));
}

TEST_F(WalkListing, TellsWhatItLeavesOut) {
  make("f");
  make("g.sluice-part");
  std::filesystem::create_symlink("f", side.directory + "/link");

  EXPECT_EQ(names(), Names{"f"});
  EXPECT_EQ(skipped, (Names{"g.sluice-part: an unfinished download", "link: symbolic link"}));
}

TEST_F(WalkListing, EntersOnlyWhatItMay) {
  for (const char* name : {"a/1", "node_modules/x/y", "z/node_modules/q", "z/1"}) make(name);
  Names asked;
  options.enter = [&](std::string_view directory) {
    asked.emplace_back(directory);
    return !directory.ends_with("node_modules/");
  };

  EXPECT_EQ(names(), (Names{"a/1", "z/1"}));
  EXPECT_EQ(asked, (Names{"a/", "node_modules/", "z/", "z/node_modules/"}));
}

TEST_F(WalkListing, IsAnErrorWhereThereIsNoDirectory) {
  side.directory += "/missing";
  const Listed read = read_all(*list_directory(side, options));
  ASSERT_TRUE(read.error);
  EXPECT_TRUE(is_not_found(*read.error));
}

TEST_F(WalkListing, EndsWhenItIsStoppedWhileItWaitsForItsReader) {
  for (int i = 10'000; i < 15'000; ++i) make("f" + std::to_string(i));
  std::stop_source stop;
  options.stop = stop.get_token();
  options.pages_ahead = 1;

  auto listing = list_directory(side, options);
  ASSERT_TRUE(listing->next());
  stop.request_stop();

  EXPECT_EQ(listing->next().error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace sluice::bulk
