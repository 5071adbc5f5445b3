// MachineLoad: tells what the processors did not do.
#include "io/machine_load.h"

#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds processor_time() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(MachineLoad, NeverGrowsFasterThanTheClock) {
  const MachineLoad load;
  const auto before = load.idle();
  const auto began = Clock::now();
  while (Clock::now() - began < 100ms) continue;
  const auto idle = load.idle() - before;
  EXPECT_GE(idle, 0ns);
  EXPECT_LE(idle, Clock::now() - began + 20ms);
}

TEST(MachineLoad, HoldsNoTimeInWhichThisProcessWorked) {
  const MachineLoad load;
  const auto processors = sysconf(_SC_NPROCESSORS_ONLN);
  const auto before = load.idle();
  const auto worked_before = processor_time();
  const auto began = Clock::now();
  std::vector<std::thread> threads;
  for (long i = 0; i < processors; ++i)
    threads.emplace_back([&] {
      while (Clock::now() - began < 300ms) continue;
    });
  for (std::thread& thread : threads) thread.join();
  const auto worked = processor_time() - worked_before;
  EXPECT_LE(processors * (load.idle() - before) + worked, processors * (Clock::now() - began + 20ms));
}

}  // namespace
}  // namespace sluice::io
