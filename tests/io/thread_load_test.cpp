// ThreadLoad: counts what a thread does, not what it sleeps.
#include "io/thread_load.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

TEST(ThreadLoad, GrowsWhileTheThreadWorks) {
  ThreadLoad load;
  load.watch_this_thread();
  const auto before = load.so_far();

  while (load.so_far() < before + 20ms) {
  }

  EXPECT_GE(load.so_far(), before + 20ms);
}

TEST(ThreadLoad, IsOfTheThreadThatAskedForIt) {
  ThreadLoad load;
  std::mutex mutex;
  std::condition_variable changed;
  bool watched = false, may_end = false;
  std::thread idle([&] {
    load.watch_this_thread();
    std::unique_lock lock(mutex);
    watched = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_end; });
  });
  ThreadLoad own;
  own.watch_this_thread();
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return watched; });
  }

  const auto before = load.so_far(), own_before = own.so_far();
  while (own.so_far() < own_before + 50ms) {
  }
  const auto grown = load.so_far() - before;
  {
    std::lock_guard lock(mutex);
    may_end = true;
    changed.notify_all();
  }
  idle.join();

  EXPECT_LT(grown, 25ms);
}

TEST(ThreadLoad, OfNoThreadIsNothing) {
  EXPECT_EQ(ThreadLoad().so_far(), 0ns);
}

}  // namespace
}  // namespace sluice::io
