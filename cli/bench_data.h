// DataBudget: the bytes that a bench may move, and how many of them its next step may.
//
// A sixteenth of all for each step while there are any, so that no single one uses them up; what is kept
// back is for steps that come later. Every ladder of connections (1, 4, ... 1024, one of them twice) is
// shorter than the eight steps that half of the budget is always enough for.
#pragma once

#include <algorithm>
#include <cstdint>

namespace sluice::cli {

class DataBudget {
 public:
  explicit DataBudget(std::uint64_t most) : share_(most / 16), left_(most) {}

  /// From now on. Not more than is left.
  void keep_back(std::uint64_t bytes) { kept_ = bytes; }
  void moved(std::uint64_t bytes) { left_ -= std::min(bytes, left_); }
  std::uint64_t for_a_step() const { return std::min(share_, left_ - std::min(kept_, left_)); }

 private:
  const std::uint64_t share_;
  std::uint64_t left_, kept_ = 0;
};

}  // namespace sluice::cli
