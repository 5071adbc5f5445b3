#include "engine/store_pace.h"

#include <gtest/gtest.h>

namespace sluice::engine {
namespace {

using namespace std::chrono_literals;
using scheduler::Clock;

void answer(Pace& pace, int count, bool failed) {
  for (int i = 0; i < count; ++i) pace.answered(failed, false, Clock::time_point(1h + i * 1ms));
}

TEST(Pace, PausesInFullBeforeTheStoreHasAnswered) {
  const Pace pace;
  EXPECT_EQ(pace.pause({}, 1, 1.0, 0ms), 200ms);
  EXPECT_EQ(pace.pause({}, 3, 1.0, 0ms), 800ms);
}

TEST(Pace, PausesLessWhereNearlyAllRequestsDoWell) {
  Pace pace;
  answer(pace, 200, false);
  EXPECT_EQ(pace.pause({}, 1, 1.0, 0ms), 50ms);
  EXPECT_EQ(pace.pause({}, 3, 1.0, 0ms), 200ms);
}

TEST(Pace, PausesInFullAgainWhenTheyFail) {
  Pace pace;
  answer(pace, 200, false);
  answer(pace, 40, true);
  EXPECT_EQ(pace.pause({}, 1, 1.0, 0ms), 200ms);
}

TEST(Pace, PausesAtLeastAsLongAsTheStoreAsks) {
  Pace pace;
  answer(pace, 200, false);
  EXPECT_EQ(pace.pause({}, 1, 1.0, 3'000ms), 3'000ms);
}

TEST(Pace, SpacesRequestsOnceTheStoreRefusesForTheirRate) {
  Pace pace;
  Clock::time_point now(1h);
  for (int i = 0; i < 1000; ++i) pace.answered(i % 2 == 0, i % 2 == 0, now += 1ms);
  EXPECT_TRUE(pace.holds_back());
  EXPECT_EQ(pace.claim(now).wait, Clock::duration::zero());
  EXPECT_GT(pace.claim(now).wait, Clock::duration::zero());
}

}  // namespace
}  // namespace sluice::engine
