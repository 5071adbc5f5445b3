// Ladders: which steps are measured. Each climbs as long as more brings more.
#pragma once

#include <functional>

#include "cli/bench_limit.h"
#include "sluice/result.h"

namespace sluice::cli {

/// Measures one step.
using Measure = std::function<Result<Step>(std::uint64_t bytes, unsigned connections)>;

struct Bounds {
  unsigned connections = 256;
  std::uint64_t step_bytes =
      1ull << 30;  ///< that the next step may move: may change with each that is measured
  double step_seconds = 2;
};

/// 1, 4, 16, ... connections, the bound itself the last of them.
Result<std::vector<Step>> climb_connections(const Measure&, std::uint64_t bytes, const Bounds&);

/// The same for parts: of a size that moves within a step's time, `bytes` or smaller.
Result<std::vector<Step>> climb_parts(const Measure&, std::uint64_t bytes, const Bounds&);

/// `from` and parts of twice its size, and so on up to `largest`, over as many connections.
Result<std::vector<Step>> climb_sizes(const Measure&, const Step& from, std::uint64_t largest, const Bounds&);

}  // namespace sluice::cli
