#include "cli/bench_ladder.h"

#include <algorithm>
#include <utility>

namespace sluice::cli {
namespace {

constexpr unsigned kRung = 4;
constexpr int kFittings = 4;

/// Every connection begins one request in the load, and one more to keep it up.
bool fits(std::uint64_t bytes, unsigned connections, const Bounds& bounds) {
  return bytes <= bounds.step_bytes / 2 / connections;
}

/// From a step with one connection upwards.
Result<std::vector<Step>> climb_from(Step alone, const Measure& measure, const Bounds& bounds) {
  std::vector<Step> steps{std::move(alone)};
  const std::uint64_t bytes = steps[0].bytes;
  bool asked_twice = false;
  for (unsigned at = 1; at < bounds.connections && still_rises(steps);) {
    at = std::min(at * kRung, bounds.connections);
    if (!fits(bytes, at, bounds)) break;
    Result<Step> step = measure(bytes, at);
    if (!step) return unexpected(step.error());
    // Where connections cease to get the same, everything turns: that must be more than a bad moment.
    if (!same_rate(steps[0], *step) && !std::exchange(asked_twice, true) && fits(bytes, at, bounds)) {
      Result<Step> again = measure(bytes, at);
      if (!again) return unexpected(again.error());
      if (again->bytes_per_second > step->bytes_per_second) step = std::move(again);
    }
    steps.push_back(*std::move(step));
  }
  return steps;
}

}  // namespace

Result<std::vector<Step>> climb_connections(const Measure& measure, std::uint64_t bytes,
                                            const Bounds& bounds) {
  Result<Step> alone = measure(bytes, 1);
  if (!alone) return unexpected(alone.error());
  return climb_from(*std::move(alone), measure, bounds);
}

Result<std::vector<Step>> climb_parts(const Measure& measure, std::uint64_t bytes, const Bounds& bounds) {
  while (bytes > 1 && !fits(bytes, 1, bounds)) bytes /= 2;
  Result<Step> alone = measure(bytes, 1);
  for (int i = 0; i < kFittings && alone; ++i) {
    const std::uint64_t fitting = fitting_part(*alone, bounds.step_seconds);
    if (fitting == bytes || !fits(fitting, 1, bounds)) break;
    bytes = fitting;
    alone = measure(bytes, 1);
  }
  if (!alone) return unexpected(alone.error());
  return climb_from(*std::move(alone), measure, bounds);
}

Result<std::vector<Step>> climb_sizes(const Measure& measure, const Step& from, std::uint64_t largest,
                                      const Bounds& bounds) {
  std::vector<Step> steps{from};
  for (std::uint64_t bytes = from.bytes * 2; bytes <= largest && fits(bytes, from.connections, bounds);
       bytes *= 2) {
    Result<Step> step = measure(bytes, from.connections);
    if (!step) return unexpected(step.error());
    steps.push_back(*std::move(step));
    if (!still_rises(steps)) break;
  }
  return steps;
}

}  // namespace sluice::cli
