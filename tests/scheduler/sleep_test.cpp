#include "scheduler/sleep.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <random>
#include <thread>

#include "support/plain_loop.h"

namespace sluice::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::PlainLoop;
using testing::run_to_end;

Task<void> sleep_into(Loop* loop, Clock::duration delay, std::stop_token stop, std::optional<bool>* whole) {
  *whole = co_await sleep_for(*loop, delay, std::move(stop));
}

TEST(SleepFor, LastsTheWholeDelayWhenNobodyStopsIt) {
  PlainLoop loop;
  std::optional<bool> whole;
  const auto before = Clock::now();

  run_to_end(loop, sleep_into(&loop, 20ms, {}, &whole));

  EXPECT_EQ(whole, true);
  EXPECT_GE(Clock::now() - before, 20ms);
}

TEST(SleepFor, EndsAtOnceWhenStoppedFromAnotherThreadAndLeavesNoTimer) {
  PlainLoop loop;
  std::stop_source stop;
  std::optional<bool> whole;
  const auto before = Clock::now();

  std::thread other;
  loop.post([&] { other = std::thread([&] { stop.request_stop(); }); });
  run_to_end(loop, sleep_into(&loop, 1h, stop.get_token(), &whole));
  other.join();

  EXPECT_EQ(whole, false);
  EXPECT_LT(Clock::now() - before, 1min);
  EXPECT_EQ(loop.timers(), 0u);
}

TEST(SleepFor, DoesNotBeginWhenAlreadyStopped) {
  PlainLoop loop;
  std::stop_source stop;
  stop.request_stop();
  std::optional<bool> whole;

  run_to_end(loop, sleep_into(&loop, 1h, stop.get_token(), &whole));

  EXPECT_EQ(whole, false);
}

TEST(SleepFor, ResumesOnceWhenTimerAndStopRace) {
  std::mt19937 random(11);
  for (int round = 0; round < 150; ++round) {
    PlainLoop loop;
    std::stop_source stop;
    std::optional<bool> whole;
    const auto delay = std::chrono::microseconds(random() % 200);
    const unsigned spins = random() % 5'000;

    std::thread other([&] {
      std::atomic<unsigned> turns{0};
      while (++turns < spins) continue;
      stop.request_stop();
    });
    run_to_end(loop, sleep_into(&loop, delay, stop.get_token(), &whole));
    other.join();

    ASSERT_TRUE(whole.has_value());
  }
}

}  // namespace
}  // namespace sluice::scheduler
