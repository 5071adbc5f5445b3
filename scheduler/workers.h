// Workers: the threads of a client, and the way work reaches them.
//
// Construct with one loop a worker; the threads run at once. Every method may be called from any
// thread. The destructor takes no more work, drops what is still queued, waits until every running
// index and spawned task has ended (end your transfers first), then stops the loops and joins.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "scheduler/worker.h"

namespace sluice::scheduler {

struct WorkersOptions {
  unsigned slots = 16;    ///< over all workers; each has one at least
  unsigned heaviest = 1;  ///< slots that one index takes at most; 1 = each takes one
  unsigned most = 0;      ///< indices that run at once, whatever they weigh; 0 = as many as find slots
  bool stealing = true;   ///< off: indices stay on the worker they were submitted to
  bool lending = false;   ///< a slot that is lent may be used; then up to twice the slots may run for a moment
};

class Workers {
 public:
  /// 1 to kMaxWorkers loops.
  explicit Workers(std::vector<std::unique_ptr<Loop>> loops, WorkersOptions options = {});
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  unsigned count() const { return static_cast<unsigned>(workers_.size()); }
  Worker& worker(unsigned index) { return *workers_[index]; }
  /// Round robin.
  Worker& next_worker();

  /// From now on; what runs above a lower number ends first.
  void set_slots(unsigned slots);
  unsigned slots() const { return slots_.load(std::memory_order_relaxed); }
  /// Has a worker no slot left?
  bool full() const;
  /// Slots in use, over all workers, without what a worker's last index takes beyond them.
  unsigned in_use() const;

  /// Queues indices [lo, hi) of `job` on `worker`, or on the next one in turn.
  void submit(std::shared_ptr<Job> job, std::uint64_t lo, std::uint64_t hi,
              std::optional<unsigned> worker = {});
  /// All of them look for work again: what was not admitted may be now.
  void wake();
  /// Takes back the queued indices of `job`; returns how many. Those not counted run, or have run.
  std::uint64_t withdraw(const Job& job);

  /// Runs `task` on `worker`, outside its slots. The task must not throw.
  void spawn(unsigned worker, Task<void> task);

 private:
  friend class Worker;
  void push(Worker& to, Range range);
  bool open() const { return open_.load(); }
  unsigned share_of(unsigned all, unsigned index) const;
  void began() { live_.fetch_add(1); }
  void ended();

  const WorkersOptions options_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::atomic<unsigned> turn_{0};
  std::atomic<unsigned> slots_;
  std::atomic<bool> open_{true};
  std::atomic<std::uint64_t> live_{0};  // running indices and spawned tasks
  std::mutex mutex_;
  std::condition_variable idle_;
};

}  // namespace sluice::scheduler
