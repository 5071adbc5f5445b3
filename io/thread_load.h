// ThreadLoad: how long a thread has run, or wanted to run and waited for a processor.
//
// A loop that does either all the time gains nothing by more requests. From /proc (schedstat), which counts
// the waiting as well; where there is none a thread seems idle.
#pragma once

#include <atomic>
#include <chrono>

namespace sluice::io {

class ThreadLoad {
 public:
  ThreadLoad() = default;
  ~ThreadLoad();
  ThreadLoad(const ThreadLoad&) = delete;
  ThreadLoad& operator=(const ThreadLoad&) = delete;

  /// On the thread that is meant.
  void watch_this_thread();
  /// Since the thread began; 0 when that is not known. Any thread.
  std::chrono::nanoseconds so_far() const;

 private:
  std::atomic<int> file_{-1};
};

}  // namespace sluice::io
