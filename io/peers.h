// Peers: how fast the GETs of one loop from one server usually are, and which one is so far behind them that
// a new connection will serve it sooner. Pure; loop thread only.
#pragma once

#include <algorithm>
#include <cstdint>

#include "scheduler/loop.h"

namespace sluice::io {

class Peers {
 public:
  using Duration = scheduler::Clock::duration;

  /// One GET as it stands.
  struct Standing {
    Duration since_start{};
    Duration silent{};  ///< since its last byte
    std::uint64_t done = 0, size = 0;
  };

  void ended(Duration to_first_byte, std::uint64_t bytes, Duration body);
  bool far_behind(const Standing& one) const;

  /// Counts a request; one of twenty may be made a second time, and few at once.
  void asked() { credit_ = std::min(credit_ + kShareRepeated, kMostAtOnce); }
  bool may_repeat() const { return credit_ >= 1; }
  void repeated() { credit_ -= 1; }

  Duration first_byte() const { return first_byte_; }

 private:
  static constexpr double kShareRepeated = 1.0 / 20, kMostAtOnce = 4;

  Duration usual(std::uint64_t bytes) const;

  std::uint64_t samples_ = 0, bodies_ = 0;
  double credit_ = 1;
  Duration first_byte_{};
  double seconds_a_byte_ = 0, usual_body_ = 0;
};

}  // namespace sluice::io
