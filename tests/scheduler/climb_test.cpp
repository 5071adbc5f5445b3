#include "scheduler/climb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sluice::scheduler {
namespace {

unsigned step(Climb& climb, double work, bool in_full_use, bool saturated = false) {
  Climb::Window window;
  window.work = work;
  window.in_full_use = in_full_use;
  window.saturated = saturated;
  return climb.step(window);
}

/// Work a second over a link where each request brings `each` and all together at most `most`.
double link(double each, double most, unsigned requests) {
  return std::min(each * requests, most);
}

unsigned after(Climb& climb, int steps, double each, double most, double noise = 0) {
  std::minstd_rand random(7);
  std::uniform_real_distribution<double> off(1 - noise, 1 + noise);
  for (int i = 0; i < steps; ++i) step(climb, link(each, most, climb.limit()) * off(random), true);
  return climb.limit();
}

TEST(Climb, ReachesTheMostWithinFourStepsWhereEveryConnectionIsSlow) {
  Climb climb;
  EXPECT_EQ(after(climb, 4, 50, 1e9), 256u);
}

TEST(Climb, StaysAtTheLeastWhereMoreConnectionsBringNothing) {
  Climb climb;
  EXPECT_LE(after(climb, 5, 100, 1000), 16u);
  for (int i = 0; i < 300; ++i) EXPECT_LE(step(climb, 1000, true), 32u);
}

TEST(Climb, SettlesNearTheKneeOfALink) {
  for (const double most : {1'600.0, 3'000.0, 6'000.0, 12'000.0}) {
    Climb climb;
    after(climb, 40, 100, most, 0.05);
    const double got = link(100, most, climb.limit());
    EXPECT_GE(got, 0.9 * most) << most;
    EXPECT_LE(climb.limit(), std::max(32.0, 2.1 * most / 100)) << most;
  }
}

TEST(Climb, ComesDownWhenTheLinkIsFullWithFewer) {
  Climb climb;
  after(climb, 4, 50, 1e9);
  ASSERT_EQ(climb.limit(), 256u);
  EXPECT_LE(after(climb, 400, 100, 2'000), 64u);
}

TEST(Climb, TriesNothingWhileTheLimitHoldsNothingBack) {
  Climb climb;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(step(climb, i * 10, false), 16u);
}

TEST(Climb, TakesBackATrialThatWasNeverInUse) {
  Climb climb;
  ASSERT_GT(step(climb, 100, true), 16u);
  EXPECT_EQ(step(climb, 100, false), 16u);
}

TEST(Climb, LooksTwiceBeforeItGivesAGainUp) {
  Climb climb;
  ASSERT_EQ(step(climb, 100, true), 64u);
  EXPECT_EQ(step(climb, 20, true), 64u);
  EXPECT_EQ(step(climb, 350, true), 256u);
}

TEST(Climb, TriesTwiceWhereFourTimesBroughtLittle) {
  Climb climb;
  EXPECT_EQ(after(climb, 3, 100, 2'400), 32u);
}

TEST(Climb, TriesNoMoreWhileTheThreadsHaveNoTimeLeft) {
  Climb climb;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(step(climb, 100 + i, true, i % 3 != 2), 16u);
  for (int i = 0; i < 4; ++i) step(climb, 200, true, false);
  EXPECT_GT(climb.limit(), 16u);
}

TEST(Climb, ComesDownNoFurtherThanNoiseAllowsWhileTheThreadsHaveNoTimeLeft) {
  Climb climb;
  after(climb, 4, 50, 1e9);
  ASSERT_EQ(climb.limit(), 256u);
  std::minstd_rand random(5);
  std::uniform_real_distribution<double> off(0.95, 1.05);
  for (int i = 0; i < 400; ++i) step(climb, link(100, 20'000, climb.limit()) * off(random), true, true);
  EXPECT_GE(climb.limit(), 128u);
}

TEST(Climb, BeginsWithAWindowInWhichSomethingWasDone) {
  Climb climb;
  EXPECT_EQ(step(climb, 0, true), 16u);
  EXPECT_GT(step(climb, 100, true), 16u);
}

TEST(Climb, StaysWithinItsBounds) {
  Climb::Bounds bounds;
  bounds.least = 4;
  bounds.most = 10;
  Climb climb(bounds);
  std::minstd_rand random(3);
  for (int i = 0; i < 1000; ++i) {
    const unsigned limit = step(climb, static_cast<double>(random() % 1000 + 1), random() % 8 != 0);
    EXPECT_GE(limit, 4u);
    EXPECT_LE(limit, 10u);
  }
}

TEST(Climb, SurvivesWindowsInWhichNothingWasDone) {
  Climb climb;
  for (int i = 0; i < 50; ++i) {
    const unsigned limit = step(climb, 0, true);
    EXPECT_GE(limit, 16u);
    EXPECT_LE(limit, 256u);
  }
}

}  // namespace
}  // namespace sluice::scheduler
