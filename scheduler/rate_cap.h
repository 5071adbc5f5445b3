// RateCap: keeps the requests to one store below the rate above which it refuses them. Pure: the caller
// brings the time.
//
// Nothing is held back until the store refuses (503 SlowDown, 429). Then requests are spaced to what it
// took, and a little more is tried now and then. Where refusals come as often however few requests are
// made, the rate is not their reason, and the cap is lifted. Thread: one at a time.
#pragma once

#include <chrono>
#include <cstdint>

#include "scheduler/loop.h"

namespace sluice::scheduler {

class RateCap {
 public:
  /// How long to wait before the request that is about to be made; it has its place from now on.
  Clock::duration claim(Clock::time_point now);
  /// What became of a request: taken, or refused for its rate.
  void answered(bool refused, Clock::time_point now);

  bool active() const { return cap_ > 0; }
  double per_second() const { return cap_; }  ///< 0 = no cap

 private:
  void judge(Clock::time_point now);
  void lower(double taken_per_second);

  double cap_ = 0;
  Clock::time_point next_;  // the place of the next request
  Clock::time_point window_began_;
  std::uint64_t taken_ = 0, refused_ = 0;  // in this window
  double first_share_ = 0;                 // refused, when the cap was set
  int in_vain_ = 0;                        // windows since in which lowering has changed nothing
  Clock::time_point hold_until_, lifted_until_;
};

}  // namespace sluice::scheduler
