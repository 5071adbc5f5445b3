// Deque: the ranges of one worker. The owner takes single indices at the front; thieves take the far
// half of a range, from the back. Thread safe by one mutex, which a lock-free one would have to beat
// in bench/deque_bench.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "scheduler/range.h"

namespace sluice::scheduler {

class Deque {
 public:
  /// New work, behind what is there.
  void push(Range range);
  /// An index that was taken and not run: back to the front, joined with its neighbours.
  void put_back(Range range);
  /// The first index of the first range whose job is not among `except`.
  std::optional<Range> take(std::span<const std::shared_ptr<Job>> except = {});
  /// The far half of the last stealable range whose job is not among `except`.
  std::optional<Range> steal(std::span<const std::shared_ptr<Job>> except = {});
  /// Drops every index of `job`; returns how many there were.
  std::uint64_t withdraw(const Job& job);
  std::uint64_t indices() const;  ///< waiting here

 private:
  mutable std::mutex mutex_;
  std::deque<Range> ranges_;
};

}  // namespace sluice::scheduler
