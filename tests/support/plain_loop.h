// A Loop made of a mutex, a condition variable and a heap: for tests of what needs no sockets.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "scheduler/loop.h"
#include "scheduler/task.h"

namespace sluice::testing {

class PlainLoop : public scheduler::Loop {
 public:
  void run() override {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      if (!posted_.empty()) {
        std::function<void()> f = std::move(posted_.front());
        posted_.pop_front();
        unlocked(lock, std::move(f));
      } else if (!timers_.empty() && timers_.begin()->first.first <= scheduler::Clock::now()) {
        unlocked(lock, std::move(timers_.extract(timers_.begin()).mapped()));
      } else if (!timers_.empty()) {
        const auto due = timers_.begin()->first.first;
        changed_.wait_until(lock, due);
      } else {
        changed_.wait(lock);
      }
    }
    stopped_ = false;
  }
  void stop() override {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  void post(std::function<void()> f) override {
    std::lock_guard lock(mutex_);
    posted_.push_back(std::move(f));
    changed_.notify_all();
  }
  std::uint64_t after(scheduler::Clock::duration delay, std::function<void()> f) override {
    std::lock_guard lock(mutex_);
    timers_.emplace(std::pair(scheduler::Clock::now() + delay, ++last_), std::move(f));
    return last_;
  }
  void cancel_timer(std::uint64_t id) override {
    std::lock_guard lock(mutex_);
    std::erase_if(timers_, [id](const auto& timer) { return timer.first.second == id; });
  }
  std::size_t timers() const {
    std::lock_guard lock(mutex_);
    return timers_.size();
  }

 private:
  static void unlocked(std::unique_lock<std::mutex>& lock, std::function<void()> f) {
    lock.unlock();
    f();
    f = nullptr;  // what it holds may post when it goes
    lock.lock();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> posted_;
  std::map<std::pair<scheduler::Clock::time_point, std::uint64_t>, std::function<void()>> timers_;
  std::uint64_t last_ = 0;
  bool stopped_ = false;
};

inline std::vector<std::unique_ptr<scheduler::Loop>> plain_loops(unsigned count) {
  std::vector<std::unique_ptr<scheduler::Loop>> loops;
  for (unsigned i = 0; i < count; ++i) loops.push_back(std::make_unique<PlainLoop>());
  return loops;
}

/// Starts `task` on `loop` and runs the loop on this thread until it has ended.
inline void run_to_end(scheduler::Loop& loop, scheduler::Task<void> task) {
  auto held = std::make_shared<scheduler::Task<void>>(std::move(task));
  loop.post([&loop, held] { scheduler::start(std::move(*held), [&loop] { loop.stop(); }); });
  loop.run();
}

}  // namespace sluice::testing
