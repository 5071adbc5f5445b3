// BlockingPool: a few threads for what blocks (cold reads, fsync, rename, directory walks, commits).
//
// run() hops: the coroutine goes on on a pool thread, calls `fn` there, and comes back to the loop it
// was given. The pool must outlive every run(); its destructor finishes what is queued, so the loops
// must outlive the pool's last task. Any thread may queue.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "scheduler/loop.h"
#include "scheduler/task.h"

namespace sluice::scheduler {

class BlockingPool {
 public:
  explicit BlockingPool(unsigned threads);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Calls `fn` on a pool thread and resumes on `loop` with its result. An exception travels along.
  template <class F>
  Task<std::invoke_result_t<F&>> run(Loop& loop, F fn);

  /// Calls `fn` on a pool thread, in the order queued.
  void post(std::function<void()> fn);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  std::size_t awake_ = 0;  // running, or told to
  std::size_t told_ = 0;   // to wake, and not yet running
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

namespace detail {

struct HopToPool {
  BlockingPool* pool;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> self) const { pool->post(self); }
  void await_resume() const noexcept {}
};

struct HopToLoop {
  Loop* loop;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> self) const { loop->post(self); }
  void await_resume() const noexcept {}
};

}  // namespace detail

template <class F>
Task<std::invoke_result_t<F&>> BlockingPool::run(Loop& loop, F fn) {
  using R = std::invoke_result_t<F&>;
  detail::HopToPool to_pool;
  to_pool.pool = this;
  detail::HopToLoop to_loop;
  to_loop.loop = &loop;
  std::exception_ptr thrown;
  if constexpr (std::is_void_v<R>) {
    co_await to_pool;
    try {
      fn();
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await to_loop;
    if (thrown) std::rethrow_exception(thrown);
  } else {
    std::optional<R> result;
    co_await to_pool;
    try {
      result.emplace(fn());
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await to_loop;
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*result);
  }
}

}  // namespace sluice::scheduler
