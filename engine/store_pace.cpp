#include "engine/store_pace.h"

#include <algorithm>

namespace sluice::engine {
namespace {

constexpr double kRecent = 1.0 / 32;
constexpr double kShortest = 0.25;  // of the policy's pauses

}  // namespace

scheduler::RateCap::Turn Pace::claim(scheduler::Clock::time_point now) {
  std::lock_guard lock(mutex_);
  const auto turn = cap_.claim(now);
  capped_ = cap_.active();
  return turn;
}

void Pace::answered(bool failed, bool throttled, scheduler::Clock::time_point now) {
  std::lock_guard lock(mutex_);
  failing_ += kRecent * ((failed ? 1.0 : 0.0) - failing_);
  cap_.answered(throttled, now);
  capped_ = cap_.active();
}

std::chrono::milliseconds Pace::pause(scheduler::RetryPolicy policy, int attempt, double random,
                                      std::chrono::milliseconds asked) const {
  double part = 1;
  {
    std::lock_guard lock(mutex_);
    part = std::clamp(2 * failing_, kShortest, 1.0);
  }
  const auto base = std::chrono::duration_cast<std::chrono::milliseconds>(policy.base * part);
  policy.base = std::max(base, std::chrono::milliseconds(1));
  return policy.pause(attempt, random, asked);
}

}  // namespace sluice::engine
