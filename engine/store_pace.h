// What the requests to one store tell of how fast more of them may come: a cap on their rate, and shorter
// pauses before repetitions where nearly all of them do well. Any worker, any time.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

#include "scheduler/rate_cap.h"
#include "scheduler/retry.h"

namespace sluice::engine {

class Pace {
 public:
  bool holds_back() const { return capped_.load(std::memory_order_relaxed); }
  /// When the request that is about to be made may be made.
  scheduler::RateCap::Turn claim(scheduler::Clock::time_point now);
  void answered(bool failed, bool throttled, scheduler::Clock::time_point now);
  /// Before repetition number `attempt`; `random` in [0,1), `asked`: what the store has asked for.
  std::chrono::milliseconds pause(scheduler::RetryPolicy policy, int attempt, double random,
                                  std::chrono::milliseconds asked) const;

 private:
  std::atomic<bool> capped_{false};
  mutable std::mutex mutex_;
  scheduler::RateCap cap_;
  double failing_ = 1;  // share of the last some dozens; what has answered nothing yet is not trusted
};

}  // namespace sluice::engine
