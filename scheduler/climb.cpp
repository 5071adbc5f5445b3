#include "scheduler/climb.h"

#include <algorithm>

namespace sluice::scheduler {
namespace {

constexpr unsigned kStep = 4;
// More requests in flight are worth going on for half of what they would bring if each did as much as before,
// and worth keeping for a fifth. Less is what other programs make of the same number from one moment to the
// next.
constexpr double kGoOn = 0.5, kKeep = 0.2;
constexpr double kNothingLost = 0.98;
// One window with time left between those without may be chance.
constexpr unsigned kBreaths = 2;
constexpr unsigned kLeastPatience = 4, kMostPatience = 64;

}  // namespace

void Climb::try_limit(unsigned limit, Phase phase) {
  limit = std::clamp(limit, bounds_.least, bounds_.most);
  if (limit == limit_) return rest(true);
  before_ = limit_;
  limit_ = limit;
  phase_ = phase;
  first_look_ = 0;
}

void Climb::rest(bool in_vain) {
  phase_ = Phase::rest;
  searching_ = false;
  rested_ = 0;
  patience_ = in_vain ? std::min(patience_ * 2, kMostPatience) : kLeastPatience;
}

unsigned Climb::begin_at(unsigned limit) {
  if (phase_ == Phase::begin) limit_ = std::clamp(limit, bounds_.least, bounds_.most);
  return limit_;
}

unsigned Climb::step(const Window& window) {
  double work = window.work;
  if (!window.in_full_use) {
    // Whatever is tried would look in vain. The next full use begins anew from here.
    if (phase_ == Phase::more) limit_ = before_;
    phase_ = Phase::begin;
    return limit_;
  }
  switch (phase_) {
    case Phase::begin:
      if (window.saturated) {
        breaths_ = kBreaths;
      } else if (breaths_ > 0) {
        --breaths_;
      } else if (work > 0) {
        work_ = work;
        try_limit(limit_ * kStep, Phase::more);
      }
      break;
    case Phase::more: {
      const double grown = static_cast<double>(limit_) / before_ - 1;
      work = std::max(work, first_look_);
      const double gained = work / work_ - 1;
      if (gained >= kGoOn * grown) {
        work_ = work;
        try_limit(limit_ * kStep, Phase::more);
      } else if (first_look_ == 0) {
        first_look_ = std::max(work, 1.0);  // something else may have taken the machine: one more look
      } else if (gained >= kKeep * grown) {
        work_ = work;
        rest(false);
      } else if (limit_ > 2 * before_) {
        limit_ = 2 * before_;
        first_look_ = 0;
      } else {
        limit_ = before_;
        rest(true);
      }
      break;
    }
    case Phase::less:
      if (work < work_ * kNothingLost) {
        limit_ = before_;
        rest(true);
      } else if (first_look_ == 0) {
        first_look_ = std::max(work, 1.0);
      } else {
        rest(false);
      }
      break;
    case Phase::rest:
      work_ = rested_ == 0 ? work : 0.5 * work_ + 0.5 * work;
      if (++rested_ < patience_) break;
      down_next_ = !down_next_;
      if (down_next_)
        try_limit(limit_ - limit_ / 4, Phase::less);
      else if (window.saturated)
        rest(true);
      else
        try_limit(limit_ + limit_ / 2, Phase::more);
      break;
  }
  return limit_;
}

}  // namespace sluice::scheduler
