// Names as numbers.
#include "bulk/key_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace sluice::bulk {
namespace {

using Names = std::vector<std::string>;

KeySpace space_of(const Names& names) {
  KeySpace space;
  std::string before;
  for (const auto& name : names) {
    space.see(before, name);
    before = name;
  }
  return space;
}
Names counters(int from, int to) {
  Names names;
  for (int i = from; i < to; ++i) names.push_back("k" + std::to_string(1'000'000 + i).substr(1));
  return names;
}

TEST(KeySpace, CountsOnWhereACounterCounts) {
  const KeySpace space = space_of(counters(0, 1000));
  EXPECT_EQ(space.behind("k000999", "k000000", "k000999", 8.0 * 1000 / 999), "k008999");
  EXPECT_EQ(space.behind("k008999", "k000000", "k000999", 1000.0 / 999), "k009999");
  EXPECT_EQ(space.behind("k008999", "k000000", "k000999", 1001.0 / 999), "k010000");
}

TEST(KeySpace, KnowsNothingBehindTheHighest) {
  const KeySpace space = space_of(counters(0, 1000));
  EXPECT_EQ(space.behind("k000999", "k000000", "k000999", 2000), "");
  EXPECT_EQ(space.behind("k000999", "k000000", "k000999", 1e300), "");
}

TEST(KeySpace, GoesToTheNextDayWhereADayEnds) {
  Names names;
  for (const char* day : {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"})
    for (const auto& name : counters(0, 300)) names.push_back("2024-01-" + std::string(day) + "/" + name);
  const KeySpace space = space_of(names);
  // A day's counter has come round: three hundred of a thousand thousands are all that there are.
  EXPECT_EQ(space.behind("2024-01-10/k000299", "2024-01-10/k000000", "2024-01-10/k000299", 1.0 / 299),
            "2024-01-11/k000000");
  EXPECT_EQ(space.behind("2024-01-10/k000299", "2024-01-10/k000000", "2024-01-10/k000299", 901.0 / 299),
            "2024-01-14/k000000");
}

TEST(KeySpace, ExpectsOfAHashWhatItsOtherDigitsAre) {
  const KeySpace space = space_of({"00a4", "00bf", "00c1", "00c9", "0102", "0117", "0128", "013e", "0150",
                                   "016b", "017d", "0186", "0193"});
  EXPECT_EQ(space.behind("0193", "00a4", "0193", 1).substr(0, 2), "02");
}

TEST(KeySpace, AnswersUtf8AboveItsStartOrNothing) {
  const Names words = {"\xe4\xb8\xad", "\xc3\xa9", "a", "z", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"};
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Names names;
    for (int i = 0; i < 40; ++i) {
      names.emplace_back();
      for (int j = 0; j < 6; ++j) names.back() += words[random() % words.size()];
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const KeySpace space = space_of(names);
    for (const double times : {0.1, 1.0, 3.0, 50.0}) {
      const std::string found = space.behind(names.back(), names.front(), names.back(), times);
      if (found.empty()) continue;
      EXPECT_GT(found, names.back());
      // Every byte that continues a character stands behind one that begins it, as many as it says.
      int left = 0;
      for (const char c : found) {
        const auto byte = static_cast<unsigned char>(c);
        EXPECT_EQ((byte & 0xc0) == 0x80, left > 0);
        left = left > 0 ? left - 1 : byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
      }
      EXPECT_EQ(left, 0);
    }
  }
}

}  // namespace
}  // namespace sluice::bulk
