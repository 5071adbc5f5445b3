#include <gtest/gtest.h>

#include <set>

#include "bulk/step.h"

namespace sluice::bulk {
namespace {

TEST(Step, EveryReasonHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (const Why why : {Why::missing, Why::size, Why::newer, Why::checksum, Why::extra, Why::same, Why::older,
                        Why::exists})
    EXPECT_TRUE(words.insert(word(why)).second) << word(why);
  EXPECT_EQ(word(Why::exists), "exists");
  EXPECT_EQ(word(Action::leave), "leave");
}

}  // namespace
}  // namespace sluice::bulk
