// Which ranges are listed at once, and what that costs: every request takes one round.
#include "bulk/range_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <utility>

namespace sluice::bulk {
namespace {

using Names = std::vector<std::string>;
constexpr std::size_t kPage = 100;

struct Cost {
  Names names;
  std::size_t requests = 0, rounds = 0, most_held = 0;
};

RangePage page_behind(const Names& names, const std::string& after) {
  auto at = after.empty() ? names.begin() : std::ranges::upper_bound(names, after);
  RangePage page;
  for (; at != names.end() && page.names < kPage; ++at, ++page.names) page.entries.push_back({*at, {}});
  if (page.names > 0) {
    page.first = page.entries.front().name;
    page.last = page.entries.back().name;
  }
  if (at != names.end()) page.marker = page.last;
  return page;
}

Cost list(const Names& names, unsigned most) {
  RangePlan plan("", most);
  Cost cost;
  std::vector<std::shared_ptr<Range>> asked;
  std::size_t held = 0;
  while (true) {
    for (auto& range : plan.begin()) asked.push_back(range);
    while (Range* front = plan.front()) {
      for (auto& page : front->ready)
        for (auto& entry : page) cost.names.push_back(entry.name);
      held -= front->ready.size();
      front->ready.clear();
      if (!front->done) break;
      plan.drop_front();
      for (auto& range : plan.begin()) asked.push_back(range);
    }
    if (!plan.front()) return cost;
    EXPECT_FALSE(asked.empty());
    if (asked.empty()) return cost;
    ++cost.rounds;
    for (auto& range : std::exchange(asked, {})) {
      ++cost.requests;
      const std::size_t before = range->ready.size();
      const std::string from = range->marker.empty() ? range->lower : range->marker;
      auto page = page_behind(names, range->pages == 0 ? from : range->read.to);
      if (plan.took(*range, std::move(page))) asked.push_back(range);
      held += range->ready.size() - before;
    }
    cost.most_held = std::max(cost.most_held, held);
  }
}

template <class... Words>
std::string print(const char* form, Words... words) {
  char text[80];
  std::snprintf(text, sizeof text, form, words...);
  return text;
}

Names counters(int count) {
  Names names;
  for (int i = 0; i < count; ++i) names.push_back(print("k%010d", i));
  return names;
}
Names hashes(int count) {
  std::mt19937_64 random(1);
  Names names;
  for (int i = 0; i < count; ++i)
    names.push_back(print("%016llx", static_cast<unsigned long long>(random())));
  std::ranges::sort(names);
  return names;
}
/// Some 550 a day, days of months of years.
Names days(int count) {
  std::mt19937 random(1);
  Names names;
  for (int day = 0; static_cast<int>(names.size()) < count; ++day) {
    const int a_day = 500 + static_cast<int>(random() % 100);
    for (int i = 0; i < a_day; ++i)
      names.push_back(print("%04d/%02d/%02d/%09d", 2020 + day / 360, 1 + day / 30 % 12, 1 + day % 30, i));
  }
  return names;
}

TEST(RangePlan, ListsCountersHashesAndDatesManyPagesAtATime) {
  const std::vector<std::pair<std::string, Names>> shapes = {
      {"counters", counters(200'000)}, {"hashes", hashes(200'000)}, {"days", days(200'000)}};
  for (const auto& [what, names] : shapes) {
    SCOPED_TRACE(what);
    const std::size_t least = (names.size() + kPage - 1) / kPage;

    const Cost cost = list(names, 32);

    EXPECT_EQ(cost.names, names);
    EXPECT_LE(cost.requests * 10, least * 13);
    EXPECT_LE(cost.rounds * 8, least);
    EXPECT_LE(cost.most_held, (32u + 1) * RangePlan::kPages);
  }
}

TEST(RangePlan, AFewPagesCostNotOneRequestMore) {
  for (int pages = 0; pages <= 8; ++pages) {
    const Names names = counters(pages * static_cast<int>(kPage));
    const Cost cost = list(names, 32);
    EXPECT_EQ(cost.names, names);
    EXPECT_EQ(cost.requests, static_cast<std::size_t>(std::max(1, pages)));
  }
}

TEST(RangePlan, PageBehindPageIsWhatOneRangeIs) {
  const Names names = hashes(5000);
  const Cost cost = list(names, 1);
  EXPECT_EQ(cost.names, names);
  EXPECT_EQ(cost.requests, 50u);
  EXPECT_EQ(cost.rounds, 50u);
}

TEST(RangePlan, NamesThatNobodyForeseesCostAQuarterMoreAtMost) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    Names names;
    while (names.size() < 20'000) {
      const std::string directory = print("%08x/", static_cast<unsigned>(random()));
      const int count = 1 << random() % 12;
      for (int i = 0; i < count; ++i)
        names.push_back(directory + print(random() % 2 ? "%d" : "%05d", static_cast<int>(random() % 10'000)));
    }
    std::ranges::sort(names);
    const auto twice = std::ranges::unique(names);
    names.erase(twice.begin(), twice.end());

    const Cost cost = list(names, 32);

    EXPECT_EQ(cost.names, names);
    EXPECT_LE(cost.requests, (names.size() + kPage - 1) / kPage * 5 / 4 + 32);
  }
}

TEST(RangePlan, StopsGuessingWhereAListBeginsAlwaysAtItsBeginning) {
  const Names names = counters(5000);
  RangePlan plan("", 32);
  auto asked = plan.begin();
  std::size_t requests = 0;
  Names given;
  std::map<const Range*, std::string> at;
  while (Range* front = plan.front()) {
    for (auto& page : front->ready)
      for (auto& entry : page) given.push_back(entry.name);
    front->ready.clear();
    if (front->done) {
      plan.drop_front();
      for (auto& range : plan.begin()) asked.push_back(range);
      continue;
    }
    ASSERT_FALSE(asked.empty());
    for (auto& range : std::exchange(asked, {})) {
      ++requests;
      const bool marked = range->answered || !range->marker.empty();
      std::string& after = at[range.get()];
      if (!range->answered) after = range->marker;
      RangePage page = page_behind(names, marked ? after : "");
      if (!page.marker.empty()) after = page.marker;
      std::erase_if(page.entries, [&](const Entry& entry) { return entry.name <= range->lower; });
      if (plan.took(*range, std::move(page))) asked.push_back(range);
    }
    for (auto& range : plan.begin()) asked.push_back(range);
  }

  EXPECT_EQ(given, names);
  EXPECT_LE(requests, 50u + 20u);
}

}  // namespace
}  // namespace sluice::bulk
