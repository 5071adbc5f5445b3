#include "scheduler/token_bucket.h"

#include <algorithm>

namespace sluice::scheduler {
namespace {

// Nobody who waits is there so long, and a duration cannot hold what a tiny rate may ask for.
constexpr std::chrono::duration<double> kLongest = std::chrono::hours(24);

}  // namespace

void TokenBucket::set_rate(double per_second, double burst, Clock::time_point now) {
  per_second_ = per_second;
  burst_ = burst;
  booked_ = -burst;
  began_ = now;
  ++epoch_;
}

double TokenBucket::passed(Clock::time_point now) const {
  return per_second_ * std::chrono::duration<double>(now - began_).count();
}

TokenBucket::Place TokenBucket::book(double amount, Clock::time_point now) {
  booked_ = std::max(booked_, passed(now) - burst_);
  const Place place{booked_, epoch_};
  booked_ += amount;
  return place;
}

void TokenBucket::give_back(const Place& place, double amount) {
  if (place.epoch == epoch_) booked_ -= amount;
}

std::optional<Clock::duration> TokenBucket::until(const Place& place, Clock::time_point now) const {
  if (place.epoch != epoch_) return {};
  const double missing = place.at - passed(now);
  if (per_second_ <= 0 || missing <= 0) return Clock::duration::zero();
  const std::chrono::duration<double> wait(missing / per_second_);
  return std::chrono::ceil<Clock::duration>(std::min(wait, kLongest));
}

}  // namespace sluice::scheduler
