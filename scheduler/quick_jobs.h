// QuickJobs: jobs that may block, but seldom take longer than handing them to another thread would.
//
// Small files are like that: some microseconds where memory takes them, a millisecond on a busy disk. While
// the last ones were quick a job runs where it is, on its loop; after slow ones it goes to the pool, until
// they are quick again. Any thread.
#pragma once

#include <atomic>
#include <type_traits>

#include "scheduler/pool.h"

namespace sluice::scheduler {

class QuickJobs {
 public:
  /// The pool must outlive this.
  explicit QuickJobs(BlockingPool& pool) : pool_(pool) {}

  /// Calls `fn`, here or on a pool thread, and goes on on `loop` with its result. To be awaited on `loop`.
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
  /// Another job took this long.
  void took(Clock::duration time) {
    const Clock::rep usual = usual_.load(std::memory_order_relaxed);
    usual_.store(usual + (time.count() - usual) / 8, std::memory_order_relaxed);
  }

 private:
  // A loop that stands still for less than this keeps nobody waiting who would notice.
  static constexpr Clock::duration kQuick = std::chrono::microseconds(100);

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

  BlockingPool& pool_;
  std::atomic<Clock::rep> usual_{0};  // how long a job takes: a moving mean over about eight
};

}  // namespace sluice::scheduler
