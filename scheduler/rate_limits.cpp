#include "scheduler/rate_limits.h"

#include <algorithm>

namespace sluice::scheduler {
namespace {

constexpr double kBurst = 1.0 / 8, kPiece = 1.0 / 64;  // of a second's bytes
constexpr double kLeastPiece = 4 << 10, kMostPiece = 256 << 10;
// A request that moves less than this may be taken for dead by a server that looks at how fast its buffers
// drain: they hold some megabytes, and a minute is what it gives them.
constexpr double kLeastEach = 64 << 10;
constexpr std::uint64_t kLargest = 8;  // the weight of a large request

}  // namespace

std::uint64_t RateLimits::piece(double per_second) {
  return static_cast<std::uint64_t>(std::clamp(per_second * kPiece, kLeastPiece, kMostPiece));
}

void RateLimits::set(const Limits& limits, Clock::time_point now) {
  const std::array<std::uint64_t, 2> rates{limits.up, limits.down};
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    const double rate = static_cast<double>(rates[i]);
    ways_[i].bytes.set(rate, rate * kBurst, now);
    const auto large = static_cast<std::uint64_t>(std::max(1.0, rate / kLeastEach));
    ways_[i].at_once.set_limit(rates[i] > 0 ? large * kLargest : kEverybody);
  }
  requests_.set(limits.requests > 0 ? limits.requests : 0, 0, now);
}

std::optional<Tickets> RateLimits::admit(Ways ways, Worker& worker, unsigned weight) {
  Tickets tickets;
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    if (!limited(ways, i)) continue;
    // Both or none: two that hold one each and wait for the other's would wait for ever.
    Ticket ticket = try_take_or_wake(ways_[i].at_once, worker, weight);
    if (!ticket) return {};
    tickets.push_back(std::move(ticket));
  }
  return tickets;
}

// Always in the same order: nobody who holds the second waits for the first.
Task<Tickets> RateLimits::take(Ways ways, Loop& loop, unsigned weight, std::stop_token stop) {
  Tickets tickets;
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    if (!limited(ways, i)) continue;
    Ticket ticket = co_await ways_[i].at_once.take(loop, weight, stop);
    if (ticket) tickets.push_back(std::move(ticket));
  }
  co_return tickets;
}

}  // namespace sluice::scheduler
