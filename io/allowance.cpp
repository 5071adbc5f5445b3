#include "io/allowance.h"

#include <algorithm>
#include <utility>

#include "io/flow.h"
#include "scheduler/rate_limits.h"

namespace sluice::io {

using scheduler::Clock;

// A limit that has changed is seen within this time.
constexpr Clock::duration kLongestWait = std::chrono::milliseconds(250);

HeldBack::HeldBack(scheduler::Limiter& limiter, Flow* flow, After after)
    : limiter_(limiter), flow_(flow), after_(std::move(after)) {}

void HeldBack::add(Allowance* who) {
  waiting_.push_back(who);
  if (flow_) flow_->held(1);
  if (!looking_) look_later();
}

void HeldBack::remove(Allowance* who) {
  const auto found = std::find(waiting_.begin(), waiting_.end(), who);
  if (found == waiting_.end()) return;
  waiting_.erase(found);
  if (flow_) flow_->held(-1);
}

void HeldBack::look_later() {
  looking_ = true;
  const auto until = limiter_.until(waiting_.front()->place_, Clock::now());
  after_(std::min(until.value_or(Clock::duration::zero()), kLongestWait), [this] { look(); });
}

void HeldBack::look() {
  looking_ = false;
  while (!waiting_.empty()) {
    const auto now = Clock::now();
    const auto until = limiter_.until(waiting_.front()->place_, now);
    if (!until) {
      for (Allowance* each : waiting_) each->book(now);
      continue;
    }
    if (*until > Clock::duration::zero()) return look_later();
    Allowance* const first = waiting_.front();
    remove(first);
    first->waits_ = false;
    first->left_ += first->booked_;
    first->owner_->resume();
  }
}

void Allowance::begin(HeldBack* all, Resume* owner) {
  all_ = all;
  owner_ = owner;
  left_ = 0;
  waits_ = was_held_ = false;
}

void Allowance::book(Clock::time_point now) {
  place_ = all_->limiter().book(static_cast<double>(booked_), now);
}

std::uint64_t Allowance::limited_room(std::uint64_t least, std::uint64_t wanted) {
  if (waits_) return 0;
  if (left_ < least) {
    const auto now = Clock::now();
    const std::uint64_t piece = scheduler::RateLimits::piece(all_->limiter().per_second());
    booked_ = std::max(std::min(wanted, piece), least) - left_;
    book(now);
    // Stale already: the limit changes at this moment, and the next look books anew.
    const auto until = all_->limiter().until(place_, now);
    if (!until || *until > Clock::duration::zero()) {
      waits_ = was_held_ = true;
      all_->add(this);
      return 0;
    }
    left_ += booked_;
  }
  return std::min(wanted, left_);
}

void Allowance::end() {
  if (!all_) return;
  if (waits_) all_->remove(this);
  const std::uint64_t unused = left_ + (waits_ ? booked_ : 0);
  if (unused > 0) all_->limiter().give_back(place_, static_cast<double>(unused));
  all_ = nullptr;
  waits_ = false;
}

}  // namespace sluice::io
