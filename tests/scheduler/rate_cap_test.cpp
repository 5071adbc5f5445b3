#include "scheduler/rate_cap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace sluice::scheduler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A store that takes so many requests a second, and a twentieth of that at once.
class Bucket {
 public:
  explicit Bucket(double per_second) : per_second_(per_second), tokens_(per_second / 20) {}
  bool takes(Clock::time_point now) {
    tokens_ += per_second_ * std::chrono::duration<double>(now - last_).count();
    tokens_ = std::min(tokens_, per_second_ / 20);
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double per_second_, tokens_;
  Clock::time_point last_{};
};

struct Outcome {
  double made = 0, refused = 0;
  double share() const { return made > 0 ? refused / made : 0; }
};

/// `clients` ask one after the other, each answer after a millisecond, for so long.
Outcome run(RateCap& cap, Clock::time_point& now, seconds how_long, int clients,
            const std::function<bool(Clock::time_point)>& takes) {
  Outcome outcome;
  const auto end = now + how_long;
  std::vector<Clock::time_point> at(static_cast<std::size_t>(clients), now);
  while (true) {
    auto next = std::min_element(at.begin(), at.end());
    if (*next >= end) break;
    now = *next;
    const auto turn = cap.claim(now);
    if (!turn.granted) {
      *next = now + turn.wait;
      continue;
    }
    const auto sent = now + turn.wait;
    const bool taken = takes(sent);
    outcome.made += 1;
    outcome.refused += taken ? 0 : 1;
    *next = sent + milliseconds(1);
    cap.answered(!taken, *next);
  }
  now = end;
  return outcome;
}

TEST(RateCap, HoldsNothingBackUntilTheStoreRefuses) {
  RateCap cap;
  Clock::time_point now{};
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(cap.claim(now).wait.count(), 0);
    cap.answered(false, now);
    now += milliseconds(1);
  }
  EXPECT_FALSE(cap.active());
}

TEST(RateCap, SettlesBelowTheRateOfTheStoreAndUsesIt) {
  for (const double rate : {50.0, 500.0, 3'500.0}) {
    RateCap cap;
    Clock::time_point now{};
    Bucket bucket(rate);
    const auto takes = [&](Clock::time_point at) { return bucket.takes(at); };
    run(cap, now, seconds(5), 16, takes);
    const Outcome later = run(cap, now, seconds(30), 16, takes);
    EXPECT_LT(later.share(), 0.02) << rate;
    EXPECT_GT(later.made - later.refused, 0.9 * rate * 30) << rate;
  }
}

TEST(RateCap, FollowsAStoreThatTakesLessAndThenMore) {
  RateCap cap;
  Clock::time_point now{};
  Bucket much(1'000), little(200), more(1'000);
  run(cap, now, seconds(10), 16, [&](Clock::time_point at) { return much.takes(at); });
  run(cap, now, seconds(5), 16, [&](Clock::time_point at) { return little.takes(at); });
  const auto less = run(cap, now, seconds(10), 16, [&](Clock::time_point at) { return little.takes(at); });
  EXPECT_LT(less.share(), 0.02);
  run(cap, now, seconds(60), 16, [&](Clock::time_point at) { return more.takes(at); });
  EXPECT_GT(cap.per_second(), 800);
}

TEST(RateCap, DoesNotSlowDownForRefusalsThatHaveNothingToDoWithTheRate) {
  RateCap cap;
  Clock::time_point now{};
  std::minstd_rand random(11);
  const auto takes = [&](Clock::time_point) { return random() % 10 != 0; };
  const Outcome outcome = run(cap, now, seconds(20), 16, takes);
  EXPECT_GT(outcome.made, 0.85 * 20 * 16'000);
}

TEST(RateCap, LearnsNothingFromAStoreThatRefusesEverything) {
  RateCap cap;
  Clock::time_point now{};
  run(cap, now, seconds(2), 16, [](Clock::time_point) { return true; });
  run(cap, now, seconds(2), 16, [](Clock::time_point) { return false; });
  run(cap, now, seconds(5), 16, [](Clock::time_point) { return true; });
  const Outcome after = run(cap, now, seconds(5), 16, [](Clock::time_point) { return true; });
  EXPECT_GT(after.made, 0.7 * 5 * 16'000);
}

TEST(RateCap, IsSoonBackWhereItWasAfterAShortTimeOfFew) {
  RateCap cap;
  Clock::time_point now{};
  Bucket usual(1'000), few(20), again(1'000);
  run(cap, now, seconds(10), 16, [&](Clock::time_point at) { return usual.takes(at); });
  run(cap, now, seconds(3), 16, [&](Clock::time_point at) { return few.takes(at); });
  run(cap, now, seconds(120), 16, [&](Clock::time_point at) { return again.takes(at); });
  EXPECT_GT(cap.per_second(), 700);
}

TEST(RateCap, GivesNoPlaceAwayForMuchLater) {
  RateCap cap;
  Clock::time_point now{};
  Bucket bucket(50);
  run(cap, now, seconds(5), 16, [&](Clock::time_point at) { return bucket.takes(at); });
  ASSERT_TRUE(cap.active());
  for (int i = 0; i < 1'000; ++i) EXPECT_LE(cap.claim(now).wait, milliseconds(250));
  const auto later = cap.claim(now + milliseconds(300));
  EXPECT_TRUE(later.granted);
}

TEST(RateCap, IsLiftedAfterAWhileWithoutRequests) {
  RateCap cap;
  Clock::time_point now{};
  Bucket bucket(50);
  run(cap, now, seconds(5), 16, [&](Clock::time_point at) { return bucket.takes(at); });
  ASSERT_TRUE(cap.active());
  EXPECT_EQ(cap.claim(now + seconds(60)).wait.count(), 0);
  EXPECT_FALSE(cap.active());
}

TEST(RateCap, IgnoresAFewRefusalsAmongMany) {
  RateCap cap;
  Clock::time_point now{};
  int count = 0;
  run(cap, now, seconds(10), 16, [&](Clock::time_point) { return ++count % 500 != 0; });
  EXPECT_FALSE(cap.active());
}

}  // namespace
}  // namespace sluice::scheduler
