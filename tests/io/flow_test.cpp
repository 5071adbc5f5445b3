#include "io/flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;
using scheduler::Clock;

/// A link over which every request moves so much, up to what all together may move; its clock is ours.
class Link {
 public:
  Link(double bytes_each, double bytes_all, double busy = 0.5, double idle = 0.5,
       Clock::duration first_byte = 5ms)
      : each_(bytes_each), all_(bytes_all), busy_(busy), idle_(idle), first_byte_(first_byte) {
    flow_.begin(now_, first_byte);
  }

  void run(Clock::duration how_long, bool busy = true) {
    for (const auto end = now_ + how_long; now_ < end; now_ += 10ms) {
      if (busy) begin_and_end();
      const auto moving = std::count_if(since_.begin(), since_.end(),
                                        [this](auto began) { return now_ - began >= first_byte_; });
      flow_.moved(static_cast<std::uint64_t>(std::min(each_ * static_cast<double>(moving), all_) / 100), 0);
      flow_.look(now_, first_byte_);
    }
  }
  unsigned limit() const { return limit_; }
  void hold(int more) { flow_.held(more); }

 private:
  // Requests that move nothing before their first byte, and then go on.
  void begin_and_end() {
    since_.resize(std::min<std::size_t>(since_.size(), limit_));
    while (since_.size() < limit_) since_.push_back(now_);
  }

  Flow::Hooks hooks() {
    Flow::Hooks hooks;
    hooks.in_full_use = [this] { return since_.size() >= limit_; };
    hooks.in_flight = [this] { return static_cast<unsigned>(since_.size()); };
    hooks.busy = [this] { return part_of_time(busy_); };
    hooks.idle = [this] { return part_of_time(idle_); };
    hooks.set_limit = [this](unsigned limit) { limit_ = limit; };
    return hooks;
  }

  std::chrono::nanoseconds part_of_time(double part) const {
    return std::chrono::nanoseconds(
        static_cast<std::int64_t>(part * static_cast<double>((now_ - Clock::time_point(1h)).count())));
  }

  const double each_, all_, busy_, idle_;
  const Clock::duration first_byte_;
  unsigned limit_ = 16;
  std::vector<Clock::time_point> since_;
  Clock::time_point now_ = Clock::time_point(1h);
  Flow flow_{scheduler::Climb::Bounds(), hooks()};
};

TEST(Flow, ReachesWhatASlowLinkNeedsWithinHalfASecond) {
  Link link(50e6, 1e12, 0.5, 0.5, 20ms);
  link.run(500ms);
  EXPECT_EQ(link.limit(), 256u);
}

TEST(Flow, GivesNewRequestsOfADistantLinkTheTimeToBegin) {
  Link link(50e6, 1e12, 0.5, 0.5, 150ms);
  link.run(1500ms);
  EXPECT_EQ(link.limit(), 256u);
}

TEST(Flow, AsksNoMoreOfThreadsThatHaveNoTimeLeft) {
  Link link(50e6, 1e12, 0.95);
  link.run(10s);
  EXPECT_EQ(link.limit(), 16u);
}

TEST(Flow, AsksNoMoreOfAMachineThatHasNoTimeLeft) {
  Link link(50e6, 1e12, 0.5, 0.05);
  link.run(10s);
  EXPECT_EQ(link.limit(), 16u);
}

TEST(Flow, FillsALinkWhileOthersHaveTheMachine) {
  Link link(50e6, 1e12, 0.1, 0.0);
  link.run(1s);
  EXPECT_EQ(link.limit(), 256u);
}

TEST(Flow, LeavesAFullLinkAlone) {
  Link link(100e6, 1e9);
  link.run(10s);
  EXPECT_LE(link.limit(), 32u);
}

TEST(Flow, BeginsWithMoreRequestsWhereAnswersTakeLongToBegin) {
  Link near(50e6, 1e12), distant(50e6, 1e12, 0.5, 0.5, 20ms);
  EXPECT_EQ(near.limit(), 16u);
  EXPECT_EQ(distant.limit(), 64u);
}

TEST(Flow, BeginsAsTheFirstAnswerSays) {
  unsigned limit = 16, changes = 0;
  Flow::Hooks hooks;
  hooks.in_full_use = [] { return false; };
  hooks.in_flight = [&] { return limit; };
  hooks.busy = hooks.idle = [] { return 0ns; };
  hooks.set_limit = [&](unsigned n) { limit = n, ++changes; };
  Flow flow(scheduler::Climb::Bounds(), hooks);
  flow.begin(Clock::time_point(1h), 1ms);
  flow.begin(Clock::time_point(1h), 20ms);
  EXPECT_EQ(changes, 0u);
}

TEST(Flow, LearnsNothingFromALinkThatIsNotInUse) {
  Link link(50e6, 1e12);
  link.run(10s, false);
  EXPECT_EQ(link.limit(), 16u);
}

TEST(Flow, AsksNoMoreWhileALimitOfOursHoldsRequestsBack) {
  Link link(50e6, 1e12);
  link.hold(1);
  link.run(10s);
  EXPECT_EQ(link.limit(), 16u);

  link.hold(-1);
  link.run(1s);
  EXPECT_EQ(link.limit(), 256u);
}

TEST(Flow, CountsAnswersWhereObjectsAreSmall) {
  unsigned limit = 16;
  Clock::time_point now(1h);
  Flow::Hooks hooks;
  hooks.in_full_use = [] { return true; };
  hooks.in_flight = [&] { return limit; };
  hooks.busy = [] { return 0ns; };
  hooks.idle = [&] { return now.time_since_epoch(); };
  hooks.set_limit = [&](unsigned n) { limit = n; };
  Flow flow(scheduler::Climb::Bounds(), hooks);
  for (int i = 0; i < 150; ++i, now += 10ms) {
    flow.moved(0, limit);
    flow.look(now, 20ms);
  }
  EXPECT_EQ(limit, 256u);
}

}  // namespace
}  // namespace sluice::io
