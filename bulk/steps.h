// Steps: where a job gets its steps from: from two listings (planner.h), or from what somebody has reviewed
// (manifest.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bulk/step.h"
#include "sluice/result.h"

namespace sluice::bulk {

/// Steps of rising names.
struct Batch {
  std::vector<Step> steps;
  std::string through;                               ///< no later step has this name or one before it
  std::uint64_t source_names = 0, target_names = 0;  ///< seen on either side, steps or not
  bool last = false;                                 ///< there are no more
};

class Steps {
 public:
  virtual ~Steps() = default;
  /// Blocks. One thread at a time.
  virtual Result<Batch> next() = 0;
};

}  // namespace sluice::bulk
