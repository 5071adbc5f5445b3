// Names from a file, looked up.
#include "bulk/list_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/bulk/key_store.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using transfers::write_file;
using Names = std::vector<std::string>;

struct ListFile : ::testing::Test {
  transfers::TempDir dir;
  Names failed;
  ListingOptions options;

  void SetUp() override {
    options.notes.failed = [this](const Error& error) { failed.push_back(error.target); };
  }
  NameFile file(const std::string& text, bool nul = false) {
    write_file(dir.path("names"), text);
    return {dir.path("names"), nul};
  }
};

TEST_F(ListFile, SortsTheNamesAndTellsWhichAreNotThere) {
  KeyPlace place({"p/a", "p/b c", "p/#x", "elsewhere"}, "p/");
  const NameFile names = file("b c\r\n# a comment\n\n./a\nmissing\na\n./#x\n");

  const Listed read = read_all(*list_names(*place.runtime, place.side, names, options));

  EXPECT_FALSE(read.error);
  EXPECT_EQ(read.names, (Names{"#x", "a", "b c"}));
  EXPECT_EQ(failed, Names{"s3://bucket/p/missing"});
  EXPECT_EQ(place.store->heads, 4);
}

TEST_F(ListFile, TakesNamesBetweenNulsAsTheyAre) {
  KeyPlace place({"#x", "a\nb", "./c"});
  const NameFile names = file(std::string("#x\0a\nb\0./c\0", 11), true);

  EXPECT_EQ(read_all(*list_names(*place.runtime, place.side, names, options)).names,
            (Names{"#x", "./c", "a\nb"}));
}

TEST_F(ListFile, LooksManyNamesUpAtOnceAndGivesAllOfThem) {
  Names keys;
  for (int i = 10'000; i < 12'000; ++i) keys.push_back("k" + std::to_string(i));
  KeyPlace place(keys);
  std::string text;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) text += *key + "\n";
  std::atomic<std::uint64_t> requests{0};
  options.requests = &requests;

  EXPECT_EQ(read_all(*list_names(*place.runtime, place.side, file(text), options)).names, keys);
  EXPECT_EQ(place.store->heads, 2000);
  EXPECT_EQ(requests, 2000u);
}

TEST_F(ListFile, GoesOnBehindAName) {
  KeyPlace place({"a", "b", "c"});
  options.start_after = "a";
  EXPECT_EQ(read_all(*list_names(*place.runtime, place.side, file("c\na\nb\n"), options)).names,
            (Names{"b", "c"}));
}

TEST_F(ListFile, LooksAtLocalFiles) {
  KeyPlace place;
  Side local;
  local.directory = dir.path("root");
  std::filesystem::create_directories(local.directory + "/d");
  write_file(local.directory + "/d/f", "1234");
  write_file(local.directory + "/g", "");

  auto listing = list_names(*place.runtime, local, file("g\nd/f\nd\n../names\nmissing\n"), options);
  auto page = transfers::must(listing->next());

  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].name, "d/f");
  EXPECT_EQ(page[0].info.size, 4u);
  EXPECT_TRUE(page[0].info.modified);
  EXPECT_EQ(page[1].name, "g");
  std::ranges::sort(failed);
  const std::string at = local.directory;
  EXPECT_EQ(failed, (Names{at + "/../names", at + "/d", at + "/missing"}));
}

TEST_F(ListFile, EndsWithAnErrorThatIsAboutNoSingleName) {
  KeyPlace place({"a"});
  place.store->head_error = make_error(ErrorKind::network, "no way there");

  const Listed read = read_all(*list_names(*place.runtime, place.side, file("a\nb\n"), options));

  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->message, "no way there");
  EXPECT_EQ(failed, Names());
}

TEST_F(ListFile, IsAnErrorWithoutTheFile) {
  KeyPlace place;
  const Listed read =
      read_all(*list_names(*place.runtime, place.side, {.path = dir.path("none")}, options));
  ASSERT_TRUE(read.error);
  EXPECT_NE(read.error->message.find(dir.path("none")), std::string::npos);
}

}  // namespace
}  // namespace sluice::bulk
