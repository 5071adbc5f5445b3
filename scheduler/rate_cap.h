// RateCap: keeps the requests to one store below the rate above which it refuses them. Pure: the caller
// brings the time.
//
// Nothing is held back until the store refuses some (503 SlowDown, 429) and takes others. Then requests are
// spaced to what it took; from there it goes up fast to what it had taken before, and by a little now and
// then beyond. Where refusals come as often however few requests are made, the rate is not their reason,
// and the cap is lifted; so it is when nothing was asked for a while. A store that refuses everything
// tells nothing of a rate: pauses before repetitions are for that. Thread: one at a time.
#pragma once

#include <chrono>
#include <cstdint>

#include "scheduler/loop.h"

namespace sluice::scheduler {

class RateCap {
 public:
  struct Turn {
    Clock::duration wait{};
    bool granted = true;  ///< the request may be made after the wait; false: ask again then
  };
  /// For the request that is about to be made. No place is given away for much later than now: the cap may
  /// change, and whoever waits may not come back.
  Turn claim(Clock::time_point now);
  /// What became of a request: taken, or refused for its rate.
  void answered(bool refused, Clock::time_point now);

  bool active() const { return cap_ > 0; }
  double per_second() const { return cap_; }  ///< 0 = no cap

 private:
  void judge(Clock::time_point now);
  void lower(double taken_per_second, double share);
  void lift();

  double cap_ = 0;
  double known_good_ = 0;   // a rate that was taken, or the least that was too much
  Clock::time_point last_;  // answer
  Clock::time_point next_;  // the place of the next request
  Clock::time_point window_began_;
  std::uint64_t taken_ = 0, refused_ = 0;  // in this window
  double first_share_ = 0;                 // refused, when the cap was set
  int in_vain_ = 0;                        // windows since in which lowering has changed nothing
  Clock::time_point hold_until_, lifted_until_;
};

}  // namespace sluice::scheduler
