// TokenBucket: places in a line that moves at a rate. Pure: the caller brings the time.
//
// Whoever wants to move something books a place for it, and moves it when what was booked before has had its
// time. Places are given in turn, so that nobody is overtaken; who comes after a pause finds the line empty,
// and a burst may go at once. A new rate makes every place stale: those who wait book anew, and nobody waits
// at the new rate for what was booked at the old one. Thread: one at a time.
#pragma once

#include <optional>

#include "scheduler/loop.h"

namespace sluice::scheduler {

class TokenBucket {
 public:
  struct Place {
    double at = 0;
    unsigned epoch = 0;  ///< of which rate
  };

  /// `per_second` 0: everybody may move at once. `burst`: what may go at once after a pause.
  void set_rate(double per_second, double burst, Clock::time_point now);
  Place book(double amount, Clock::time_point now);
  /// Of what was booked and will not be moved.
  void give_back(const Place& place, double amount);
  /// How long until it is this place's turn, 0 at last; empty: stale, to be booked anew.
  std::optional<Clock::duration> until(const Place& place, Clock::time_point now) const;

 private:
  double passed(Clock::time_point now) const;

  double per_second_ = 0, burst_ = 0;
  double booked_ = 0;        // where the next place is
  Clock::time_point began_;  // where the line was at 0
  unsigned epoch_ = 0;
};

}  // namespace sluice::scheduler
