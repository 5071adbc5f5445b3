// QuickJobs: jobs that may block, but seldom take longer than handing them to another thread would.
//
// Small files are like that: some microseconds where memory takes them, a millisecond on a busy disk. While
// the last ones were quick a job runs where it is, on its loop; after slow ones they go to threads of their
// own, until many in a row were quick again. Any thread.
#pragma once

#include <atomic>
#include <type_traits>

#include "scheduler/pool.h"

namespace sluice::scheduler {

class QuickJobs {
 public:
  explicit QuickJobs(unsigned threads) : pool_(threads) {}

  /// Calls `fn`, here or on another thread, and goes on on `loop` with its result. To be awaited on `loop`.
  template <class F>
  Task<std::invoke_result_t<F&>> run(Loop& loop, F fn) {
    auto timed = [&] {
      const Watch watch(*this);
      return fn();
    };
    if (in_place()) co_return timed();
    co_return co_await pool_.run(loop, timed);
  }

  bool in_place() const { return usual_.load(std::memory_order_relaxed) < kQuick.count(); }
  /// Another job took this long. One that blocked outweighs some hundred quick ones.
  void took(Clock::duration time) {
    const Clock::rep usual = usual_.load(std::memory_order_relaxed), more = time.count() - usual;
    usual_.store(time > kBlocked ? kSlowForLong.count() : usual + more / (more > 0 ? 8 : 32),
                 std::memory_order_relaxed);
  }

 private:
  // A loop that stands still for less than this keeps nobody waiting who would notice.
  static constexpr Clock::duration kQuick = std::chrono::microseconds(100);
  // More than losing the processor for a turn.
  static constexpr Clock::duration kBlocked = std::chrono::milliseconds(20);
  static constexpr Clock::duration kSlowForLong = std::chrono::seconds(1);

  class Watch {
   public:
    explicit Watch(QuickJobs& jobs) : jobs_(jobs) {}
    ~Watch() { jobs_.took(Clock::now() - began_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    QuickJobs& jobs_;
    const Clock::time_point began_ = Clock::now();
  };

  BlockingPool pool_;
  std::atomic<Clock::rep> usual_{0};  // how long a job takes: a moving mean that rises faster than it falls
};

}  // namespace sluice::scheduler
