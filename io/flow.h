// Flow: what moves over all loops of a client, and how many requests in flight that is worth.
//
// Every loop tells what it has moved and lets the flow look at the clock now and then. Where the first answer
// takes long to begin, more requests than usual are worth beginning with. Work is bytes and answers; a window is measured after each change of the limit, once new requests have had the time to
// bring their first byte, and those above a lower limit to end. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "scheduler/climb.h"
#include "scheduler/loop.h"

namespace sluice::io {

class Flow {
 public:
  struct Hooks {
    std::function<bool()> in_full_use;  ///< does the limit hold something back?
    std::function<unsigned()> in_flight;
    std::function<std::chrono::nanoseconds()>
        busy;  ///< how long the loops' threads have worked, on their mean
    std::function<std::chrono::nanoseconds()> idle;  ///< how long the machine's processors have not
    std::function<void(unsigned)> set_limit;
  };

  Flow(scheduler::Climb::Bounds bounds, Hooks hooks) : hooks_(std::move(hooks)), climb_(bounds) {}

  /// Bodies' bytes, either way, and ended requests.
  void moved(std::uint64_t bytes, std::uint64_t answers) {
    work_.fetch_add(bytes + answers * kBytesAnAnswer, std::memory_order_relaxed);
  }
  /// A limit keeps so many more requests waiting, or fewer: while there are any, more in flight are in vain.
  void held(int more) {
    held_.fetch_add(more, std::memory_order_relaxed);
    if (more > 0) was_held_.store(true, std::memory_order_relaxed);
  }
  /// Of the first answer: how long after its request was sent it began. Others change nothing.
  void begin(scheduler::Clock::time_point now, scheduler::Clock::duration waited);
  /// To be called often while something moves; `first_byte`: how long answers take to begin.
  void look(scheduler::Clock::time_point now, scheduler::Clock::duration first_byte);

 private:
  // What a request costs beside its bytes, so that small objects count as work.
  static constexpr std::uint64_t kBytesAnAnswer = 64u << 10;

  const Hooks hooks_;
  std::atomic<std::uint64_t> work_{0};
  std::atomic<int> held_{0};
  std::atomic<bool> was_held_{false};  // since the last look
  std::atomic<scheduler::Clock::rep> next_look_{0};
  std::mutex mutex_;
  scheduler::Climb climb_;
  bool begun_ = false, measuring_ = false;
  scheduler::Clock::time_point began_, changed_;
  std::chrono::nanoseconds busy_{}, idle_{};  // when the window began
};

}  // namespace sluice::io
