// Loop: what a worker thread runs on, seen from below curl and Asio.
//
// One thread calls run(); everything else happens on it. post() and stop() may be called from any
// thread, the rest only from the loop's own thread. io::CurlLoop is the real one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace sluice::scheduler {

using Clock = std::chrono::steady_clock;

class Loop {
 public:
  virtual ~Loop() = default;

  /// Runs callbacks until stop(). Returns when stopped and nothing is running.
  virtual void run() = 0;
  virtual void stop() = 0;

  /// Calls `f` on the loop's thread, in the order posted. Any thread.
  virtual void post(std::function<void()> f) = 0;

  /// Calls `f` on the loop's thread after `delay`. The returned id can be cancelled once.
  virtual std::uint64_t after(Clock::duration delay, std::function<void()> f) = 0;
  virtual void cancel_timer(std::uint64_t id) = 0;
};

}  // namespace sluice::scheduler
