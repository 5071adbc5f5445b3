// Limiter: a TokenBucket for all threads, and whether there is any limit, which costs one load to ask.
#pragma once

#include <atomic>
#include <mutex>

#include "scheduler/token_bucket.h"

namespace sluice::scheduler {

class Limiter {
 public:
  using Place = TokenBucket::Place;

  bool on() const { return per_second() > 0; }
  double per_second() const { return per_second_.load(std::memory_order_relaxed); }

  /// 0 = no limit. The limit that is there already changes nothing.
  void set(double per_second, double burst, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (per_second == this->per_second()) return;
    bucket_.set_rate(per_second, burst, now);
    per_second_.store(per_second, std::memory_order_relaxed);
  }
  Place book(double amount, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    return bucket_.book(amount, now);
  }
  void give_back(const Place& place, double amount) {
    const std::lock_guard lock(mutex_);
    bucket_.give_back(place, amount);
  }
  std::optional<Clock::duration> until(const Place& place, Clock::time_point now) const {
    const std::lock_guard lock(mutex_);
    return bucket_.until(place, now);
  }

 private:
  std::atomic<double> per_second_{0};
  mutable std::mutex mutex_;
  TokenBucket bucket_;
};

}  // namespace sluice::scheduler
