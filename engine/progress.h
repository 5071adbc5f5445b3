// ProgressMeter: counts what a transfer has finished and tells the caller's callback.
//
// Workers only add to atomics. The callback runs on a thread of the meter's own, so one that blocks
// holds up no part; it is called at most ten times a second, never from two threads at once, never
// with smaller numbers than before, and once more at the end with the end state.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "sluice/types.h"

namespace sluice::engine {

class ProgressMeter {
 public:
  explicit ProgressMeter(ProgressCallback callback);
  ~ProgressMeter();

  /// Totals may grow while a listing goes on; a stream has none until its end.
  void set_total(std::uint64_t bytes, std::uint64_t parts);
  void add_total(std::uint64_t bytes, std::uint64_t parts);
  void part_done(std::uint64_t bytes);
  void object_done();

  /// Makes the last call and returns when it has been made. Idempotent.
  void finish();

  Progress snapshot() const;

 private:
  void run();
  void call(bool last);

  const ProgressCallback callback_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> bytes_{0}, parts_{0}, objects_{0}, total_bytes_{0}, total_parts_{0};
  std::atomic<bool> total_known_{false}, finished_{false};
  std::atomic<std::uint64_t> changes_{0};

  std::deque<std::pair<std::chrono::steady_clock::time_point, std::uint64_t>> window_;  // meter thread
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sluice::engine
