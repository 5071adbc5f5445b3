// RateLimits: what all requests of one client, or of several, keep to: bytes up, bytes down, requests.
//
// Bytes are counted where they move (io/allowance), requests before they are signed. Under a limit of bytes
// fewer requests run at once, so that each has enough of them for the other end not to think it dead.
// Nothing is held back, counted or locked where there is no limit. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "scheduler/budget.h"
#include "scheduler/job.h"
#include "scheduler/limiter.h"
#include "scheduler/worker.h"
#include "sluice/types.h"

namespace sluice::scheduler {

/// Which ways a request, or a job's index, moves bytes.
enum Ways : unsigned { kNoWay = 0, kUp = 1, kDown = 2, kBothWays = kUp | kDown };

class RateLimits {
 public:
  explicit RateLimits(const Limits& limits = {}) { set(limits, Clock::now()); }

  void set(const Limits& limits, Clock::time_point now);

  Limiter& up() { return ways_[0].bytes; }
  Limiter& down() { return ways_[1].bytes; }
  Limiter& requests() { return requests_; }
  const Limiter& requests() const { return requests_; }

  /// For Job::admit: places among the requests that run at once, `weight` of 8 where a large one takes all.
  /// Empty: the worker is woken when it is worth asking again.
  std::optional<Tickets> admit(Ways ways, Worker& worker, unsigned weight);
  /// Waits for the same: for what runs beside the slots. Holds no such places already. None when stopped.
  Task<Tickets> take(Ways ways, Loop& loop, unsigned weight, std::stop_token stop);

  /// Bytes to ask for at a time: small enough that many take turns within a second.
  static std::uint64_t piece(double per_second);

 private:
  struct Way {
    Limiter bytes;
    Budget at_once{kEverybody};
  };
  static constexpr std::uint64_t kEverybody = ~0ull;
  bool limited(Ways ways, std::size_t i) const { return (ways & (1u << i)) != 0 && ways_[i].bytes.on(); }

  std::array<Way, 2> ways_;
  Limiter requests_;
};

}  // namespace sluice::scheduler
