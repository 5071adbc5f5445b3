// Peers: how fast the GETs of one loop usually are, and which one is so far behind them that a new
// connection will serve it sooner. Pure; loop thread only.
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

  /// Counts a request; so many of a hundred requests may be made a second time.
  void asked() { ++asked_; }
  bool may_repeat() const { return (repeated_ + 1) * 20 <= std::max<std::uint64_t>(asked_, kAlwaysAllowed); }
  void repeated() { ++repeated_; }

  Duration first_byte() const { return first_byte_; }

 private:
  static constexpr std::uint64_t kAlwaysAllowed = 20;

  Duration usual(std::uint64_t bytes) const;

  std::uint64_t samples_ = 0, asked_ = 0, repeated_ = 0;
  Duration first_byte_{};
  double seconds_a_byte_ = 0;
};

}  // namespace sluice::io
