// Sums of folders, from names in their order.
#include "cli/folder_usage.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace sluice::cli {
namespace {

std::vector<std::string> rows(unsigned depth, const std::vector<std::string>& names) {
  std::vector<std::string> told;
  const auto tell = [&told](const FolderUsage::Row& row) {
    told.push_back(fmt::format("{} {} {}", row.folder, row.bytes, row.objects));
  };
  FolderUsage usage(depth, tell);
  for (const std::string& name : names) usage.add(name, 10);
  tell(usage.finish());
  return told;
}

TEST(FolderUsage, TellsEachFolderAfterThoseInsideItAndAllAtTheEnd) {
  const std::vector<std::string> names = {"a", "b/1", "b/c/2", "b/c/3", "b/d/4", "bb/5", "e"};
  EXPECT_EQ(rows(0, names), (std::vector<std::string>{" 70 7"}));
  EXPECT_EQ(rows(1, names), (std::vector<std::string>{"b/ 40 4", "bb/ 10 1", " 70 7"}));
  EXPECT_EQ(rows(2, names),
            (std::vector<std::string>{"b/c/ 20 2", "b/d/ 10 1", "b/ 40 4", "bb/ 10 1", " 70 7"}));
  EXPECT_EQ(rows(99, {"x/y/z/w"}),
            (std::vector<std::string>{"x/y/z/ 10 1", "x/y/ 10 1", "x/ 10 1", " 10 1"}));
  EXPECT_EQ(rows(3, {}), (std::vector<std::string>{" 0 0"}));
}

TEST(FolderUsage, KnowsFoldersWithoutAName) {
  EXPECT_EQ(rows(2, {"//a", "/b"}), (std::vector<std::string>{"// 10 1", "/ 20 2", " 20 2"}));
}

}  // namespace
}  // namespace sluice::cli
