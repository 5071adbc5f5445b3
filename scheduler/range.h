// Range: indices [lo, hi) of a job, as they lie in a deque.
#pragma once

#include <cstdint>
#include <memory>

#include "scheduler/job.h"

namespace sluice::scheduler {

struct Range {
  std::shared_ptr<Job> job;
  std::uint64_t lo = 0, hi = 0;
  unsigned home = 0;  ///< the worker it was submitted to; elsewhere its indices count as stolen

  std::uint64_t size() const { return hi - lo; }
  bool empty() const { return lo >= hi; }
};

/// Takes the far half (all, when there is one index only) off `range` and returns it.
Range split(Range& range);

/// Takes the first index off `range` and returns it as a range of one.
Range take_first(Range& range);

}  // namespace sluice::scheduler
