#include "scheduler/pool.h"

#include <algorithm>

namespace sluice::scheduler {

BlockingPool::BlockingPool(unsigned threads) {
  threads_.reserve(std::max(threads, 1u));
  for (unsigned i = 0; i < std::max(threads, 1u); ++i) threads_.emplace_back([this] { work(); });
}

BlockingPool::~BlockingPool() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
    ready_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void BlockingPool::post(std::function<void()> fn) {
  std::lock_guard lock(mutex_);
  queue_.push_back(std::move(fn));
  if (awake_ == threads_.size()) return;
  ++awake_;
  ++told_;
  // Under the lock: once it is released the caller's frame may run on and be gone.
  ready_.notify_one();
}

void BlockingPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ready_.wait(lock, [this] { return closing_ || told_ > 0; });
    if (told_ > 0) --told_;
    while (!queue_.empty()) {
      std::function<void()> fn = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      fn();
      fn = nullptr;  // what it holds may queue more when it goes
      lock.lock();
    }
    if (closing_) return;
    --awake_;
  }
}

}  // namespace sluice::scheduler
