// Latch: one coroutine waits until a number of things have happened, on whatever threads.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>

#include "scheduler/loop.h"

namespace sluice::scheduler {

class Latch {
 public:
  /// `count` calls of count_down() are awaited; they may come before the wait.
  explicit Latch(std::uint64_t count) : left_(count + 1) {}

  /// More to wait for; only while something is still to come (or before the wait).
  void add(std::uint64_t n) { left_.fetch_add(n, std::memory_order_relaxed); }

  /// Any thread. The latch may be gone when the last call returns.
  void count_down() {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    // The wait has begun: it counted its own one down before this last one.
    loop_->post([waiter = waiter_] { waiter.resume(); });
  }

  /// co_await latch.wait(loop): once, on that loop's thread; resumes there.
  auto wait(Loop& loop) {
    struct Awaiter {
      Latch* latch;
      Loop* loop;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> self) const {
        latch->waiter_ = self;
        latch->loop_ = loop;
        return latch->left_.fetch_sub(1, std::memory_order_acq_rel) != 1;
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{this, &loop};
  }

 private:
  std::atomic<std::uint64_t> left_;
  Loop* loop_ = nullptr;
  std::coroutine_handle<> waiter_;
};

}  // namespace sluice::scheduler
