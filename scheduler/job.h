// Job: work that consists of numbered pieces (parts, objects), run by whichever worker is free.
//
// A job is shared: deques, running pieces and its owner hold it. Everything here may be called from
// several workers at once, except that one index is run once.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "scheduler/budget.h"
#include "scheduler/task.h"

namespace sluice::scheduler {

class Worker;

inline constexpr unsigned kMaxWorkers = 64;

class Job {
 public:
  virtual ~Job() = default;

  /// One index, from beginning to end, on `worker`. Must not throw. `stolen`: another worker than
  /// the one the index was submitted to. The job outlives the task.
  virtual Task<void> run(Worker& worker, std::uint64_t index, bool stolen) = 0;

  /// Asked on the worker's thread before each run. The tickets are held until run() has ended.
  /// Empty: not now; the index goes back to the deque, and whoever refuses must have arranged that
  /// worker.wake() is called when it is worth asking again (Budget::try_take_or_call does; see
  /// try_take_or_wake in worker.h). A job that is being cancelled must admit, so that it can end.
  virtual std::optional<Tickets> admit(Worker&, std::uint64_t /*index*/) { return Tickets(); }

  /// How many slots the index takes, as far as WorkersOptions::heaviest lets it count.
  virtual unsigned weight(std::uint64_t /*index*/) const { return 1; }

  /// May another worker take a share?
  virtual bool stealable() const { return true; }

  std::uint64_t stolen() const { return stolen_.load(std::memory_order_relaxed); }
  /// Indices started by each of the first `count` workers.
  std::vector<std::uint64_t> by_worker(unsigned count) const;

 private:
  friend class Worker;
  void count(unsigned worker, bool was_stolen);

  std::atomic<std::uint64_t> stolen_{0};
  std::array<std::atomic<std::uint64_t>, kMaxWorkers> carried_{};
};

}  // namespace sluice::scheduler
