// ThreadLoad: counts what a thread does, not what it sleeps.
#include "io/thread_load.h"

#include <gtest/gtest.h>
#include <time.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds processor_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void work_for(std::chrono::nanoseconds time) {
  for (const auto end = processor_time() + time; processor_time() < end;) continue;
}

/// Does this system tell?
bool told() {
  return std::ifstream("/proc/thread-self/schedstat").good();
}

TEST(ThreadLoad, GrowsWhileTheThreadWorks) {
  ThreadLoad load;
  load.watch_this_thread();
  const auto before = load.so_far();
  work_for(20ms);
  const auto grown = load.so_far() - before;
  // The processor's time is brought up to date at every tick.
  if (told())
    EXPECT_GE(grown, 10ms);
  else
    EXPECT_EQ(grown, 0ns);
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
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return watched; });
  }

  const auto before = load.so_far();
  work_for(100ms);
  const auto grown = load.so_far() - before;
  {
    std::lock_guard lock(mutex);
    may_end = true;
    changed.notify_all();
  }
  idle.join();

  EXPECT_LT(grown, 50ms);
}

TEST(ThreadLoad, OfNoThreadIsNothing) {
  EXPECT_EQ(ThreadLoad().so_far(), 0ns);
}

}  // namespace
}  // namespace sluice::io
