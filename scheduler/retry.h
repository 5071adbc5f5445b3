// RetryPolicy: how often, how long, and with what pauses a request is repeated. Pure: the caller
// brings the random number and the elapsed time.
#pragma once

#include <algorithm>
#include <chrono>

namespace sluice::scheduler {

struct RetryPolicy {
  int max_attempts = 8;
  std::chrono::milliseconds base{200};
  std::chrono::milliseconds cap{20'000};
  std::chrono::seconds max_elapsed{300};

  /// Full jitter: random in [0,1) times min(cap, base * 2^(attempt-1)), at least `retry_after`.
  std::chrono::milliseconds pause(int attempt, double random,
                                  std::chrono::milliseconds retry_after = {}) const {
    const auto ceiling = std::min<std::int64_t>(cap.count(), base.count() << std::min(attempt - 1, 20));
    const auto jittered = static_cast<std::int64_t>(random * static_cast<double>(ceiling));
    return std::max(std::chrono::milliseconds(jittered), retry_after);
  }
  bool may_repeat(int attempt, std::chrono::milliseconds elapsed) const {
    return attempt < max_attempts && elapsed < max_elapsed;
  }
};

}  // namespace sluice::scheduler
