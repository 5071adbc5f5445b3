#include "scheduler/rate_limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "scheduler/sleep.h"
#include "scheduler/workers.h"
#include "support/plain_loop.h"

namespace sluice::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::plain_loops;

/// Large requests, as many at once as the limits let run; each ends when it is told to, or after a moment.
class Large : public Job {
 public:
  Large(RateLimits* limits, Ways ways, bool held) : limits_(limits), ways_(ways), held_(held) {}

  std::optional<Tickets> admit(Worker& worker, std::uint64_t) override {
    return limits_->admit(ways_, worker, 8);
  }
  Task<void> run(Worker& worker, std::uint64_t, bool) override {
    count(1);
    do co_await sleep_for(worker.loop(), 1ms);
    while (held_.load());
    count(-1);
  }
  void let_go() { held_ = false; }
  void wait_for(unsigned began) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return began_ >= began; });
  }
  void wait_for_end(unsigned ended) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= ended; });
  }
  unsigned most_at_once() {
    std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  void count(int more) {
    std::lock_guard lock(mutex_);
    ++(more > 0 ? began_ : ended_);
    most_ = std::max(most_, began_ - ended_);
    changed_.notify_all();
  }

  RateLimits* const limits_;
  const Ways ways_;
  std::atomic<bool> held_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned began_ = 0, ended_ = 0, most_ = 0;
};

TEST(RateLimits, LetFewRequestsRunAtOnceThatEachHasEnough) {
  RateLimits limits(Limits{192 << 10, 0, 0});
  Workers workers(plain_loops(2));
  const auto job = std::make_shared<Large>(&limits, kUp, false);

  workers.submit(job, 0, 40);
  job->wait_for_end(40);

  EXPECT_LE(job->most_at_once(), 3u);
}

TEST(RateLimits, HoldNobodyBackWhoGoesTheOtherWay) {
  RateLimits limits(Limits{1024, 0, 0});
  Workers workers(plain_loops(2));
  const auto job = std::make_shared<Large>(&limits, kDown, true);

  workers.submit(job, 0, 16);
  job->wait_for(16);
  job->let_go();
  job->wait_for_end(16);
}

TEST(RateLimits, LetThoseGoWhoWaitWhenTheyAreLifted) {
  RateLimits limits(Limits{1024, 1024, 0});
  Workers workers(plain_loops(2));
  const auto job = std::make_shared<Large>(&limits, kBothWays, true);
  workers.submit(job, 0, 16);
  job->wait_for(1);

  limits.set({}, Clock::now());

  job->wait_for(16);
  job->let_go();
  job->wait_for_end(16);
}

Task<void> take_some(RateLimits* limits, Loop* loop, Ways ways, int count, std::atomic<int>* done) {
  for (int i = 0; i < count; ++i) {
    const Tickets tickets = co_await limits->take(ways, *loop, 8, {});
    co_await sleep_for(*loop, 1ms);
  }
  ++*done;
  done->notify_all();
}

TEST(RateLimits, LetNobodyWaitForEverBetweenTheTwoWays) {
  RateLimits limits(Limits{1024, 1024, 0});
  std::atomic<int> done{0};
  {
    Workers workers(plain_loops(2));
    const auto job = std::make_shared<Large>(&limits, kBothWays, false);
    workers.submit(job, 0, 20);
    for (unsigned i = 0; i < 6; ++i) {
      const Ways ways = i % 3 == 0 ? kUp : i % 3 == 1 ? kDown : kBothWays;
      workers.spawn(i % 2, take_some(&limits, &workers.worker(i % 2).loop(), ways, 10, &done));
    }
    for (int seen; (seen = done) < 6;) done.wait(seen);
    job->wait_for_end(20);
    EXPECT_EQ(job->most_at_once(), 1u);
  }
}

TEST(RateLimits, AskForSmallPiecesWhereTheRateIsLow) {
  EXPECT_EQ(RateLimits::piece(64 << 10), 4u << 10);
  EXPECT_EQ(RateLimits::piece(1 << 20), 16u << 10);
  EXPECT_EQ(RateLimits::piece(1e9), 256u << 10);
}

}  // namespace
}  // namespace sluice::scheduler
