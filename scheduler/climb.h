// Climb: how many requests in flight pay, found by trying. Pure: the caller measures and tells.
//
// While all of them are in use, the limit is raised to four times as long as more work gets done for it, at
// last to twice; then it rests, and now and then a little more or less is tried. Thread: one at a time.
#pragma once

#include <cstdint>

namespace sluice::scheduler {

class Climb {
 public:
  struct Bounds {
    unsigned least = 16;  ///< where it begins, and never less
    unsigned most = 256;
  };

  Climb() : Climb(Bounds()) {}
  explicit Climb(Bounds bounds) : bounds_(bounds), limit_(bounds.least) {}

  struct Window {
    double work = 0;          ///< done, by the second, since the limit was last changed
    bool in_full_use = true;  ///< the limit held something back
    bool saturated = false;   ///< the threads had no time left: more requests would only wait
  };
  /// Where to begin instead, known before the first step; answers the limit from now on.
  unsigned begin_at(unsigned limit);
  /// Answers the limit from now on.
  unsigned step(const Window& window);
  unsigned limit() const { return limit_; }
  /// It has not yet found a number to stay at: short windows will do.
  bool searching() const { return searching_; }

 private:
  enum class Phase { begin, more, less, rest };

  void try_limit(unsigned limit, Phase phase);
  void rest(bool in_vain);

  const Bounds bounds_;
  unsigned limit_;
  Phase phase_ = Phase::begin;
  unsigned before_ = 0;    // the limit before the one that is being tried
  double work_ = 0;        // what was done with it
  double first_look_ = 0;  // what is done with the one being tried
  unsigned rested_ = 0;    // steps
  unsigned patience_ = 4;  // steps until the next trial
  unsigned breaths_ = 0;   // windows with time left to come before the first trial
  bool down_next_ = true;
  bool searching_ = true;
};

}  // namespace sluice::scheduler
