// Step: what one probe of a store amounts to, in numbers.
//
// Judged is the load without its first quarter, in which connections are opened and gather speed. A
// request that reaches over an end of that time counts with the share of it that lies within: so a step
// may be shorter than a few requests, and buffers that swallow the beginning of an upload at once do not
// count before the store has acknowledged it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sluice/types.h"

namespace sluice::cli {

/// Seconds.
struct Percentiles {
  double p50 = 0, p90 = 0, p99 = 0;
};

struct Step {
  bool upload = false;
  std::uint64_t bytes = 0;  ///< a request
  unsigned connections = 0;
  double bytes_per_second = 0, requests_per_second = 0;
  std::optional<Percentiles> first_byte;  ///< downloads
  std::optional<Percentiles> request;     ///< empty: none ended in time
  std::uint64_t done = 0, throttled = 0, failed = 0;
  double busy = 0;  ///< share of its workers' cores that this process used, 0 to 1

  /// Requests that the store told to slow down, of all that it answered.
  double throttled_share() const {
    return throttled == 0 ? 0 : static_cast<double>(throttled) / static_cast<double>(done + throttled);
  }
};

/// `cores`: of the machine.
Step summarize(const ProbeOptions&, const ProbeReport&, unsigned cores);

/// Nearest rank; nothing of nothing.
std::optional<Percentiles> percentiles(std::vector<double> values);

}  // namespace sluice::cli
