// Climb: how many requests in flight pay, found by trying. Pure: the caller measures and tells.
//
// While all of them are in use, the limit is doubled as long as more work gets done for it; then it rests,
// and now and then a little more or less is tried. Thread: one at a time.
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

  /// The work done, by the second, since the limit was last changed; `in_full_use`: the limit held
  /// something back. Answers the limit from now on.
  unsigned step(double work_per_second, bool in_full_use);
  unsigned limit() const { return limit_; }

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
  bool down_next_ = false;
};

}  // namespace sluice::scheduler
