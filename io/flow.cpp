#include "io/flow.h"

#include <algorithm>
#include <utility>

namespace sluice::io {
namespace {

using scheduler::Clock;

constexpr Clock::duration kWindow = std::chrono::milliseconds(150),
                          kFirstWindow = std::chrono::milliseconds(60);
// Who has less than a tenth of the time left has none. Where that is the machine, our threads must have a
// share in it: beside another program's work a link that asks little of us can still be filled.
constexpr double kSaturated = 0.9, kShare = 0.3;
// An answer that takes so long to begin comes from afar, or from a store that thinks: either is idle time for us.
constexpr Clock::duration kDistant = std::chrono::milliseconds(10);
constexpr unsigned kDistantRequests = 64;
constexpr Clock::duration kLongestStart = std::chrono::seconds(1), kLongestEnd = std::chrono::seconds(3);

}  // namespace

void Flow::begin(Clock::time_point now, Clock::duration waited) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(begun_, true) || waited < kDistant) return;
  hooks_.set_limit(climb_.begin_at(kDistantRequests));
  measuring_ = false;
  changed_ = now;
  next_look_.store((now + std::min(waited + waited / 2, kLongestStart)).time_since_epoch().count());
}

void Flow::look(Clock::time_point now, Clock::duration first_byte) {
  if (now.time_since_epoch().count() < next_look_.load(std::memory_order_relaxed)) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;  // another loop is at it
  const std::uint64_t work = work_.exchange(0, std::memory_order_relaxed);
  const bool held =
      was_held_.exchange(false, std::memory_order_relaxed) || held_.load(std::memory_order_relaxed) > 0;
  const auto busy = hooks_.busy(), idle = hooks_.idle();
  // Before an answer has begun nothing tells how long a short window may be.
  const bool soon = climb_.searching() && first_byte > first_byte.zero();
  auto pause =
      soon ? std::clamp<Clock::duration>(first_byte + first_byte / 2, kFirstWindow, kWindow) : kWindow;
  if (measuring_) {
    const unsigned before = climb_.limit();
    const std::chrono::duration<double> time = now - began_;
    scheduler::Climb::Window window;
    window.work = static_cast<double>(work) / time.count();
    window.in_full_use = !held && hooks_.in_full_use();
    window.saturated = busy - busy_ > kSaturated * time ||
                       (busy - busy_ > kShare * time && idle - idle_ < (1 - kSaturated) * time);
    const unsigned limit = climb_.step(window);
    if (limit != before) {
      hooks_.set_limit(limit);
      measuring_ = false;
      changed_ = now;
      pause = std::min(first_byte + first_byte / 2, kLongestStart);
    }
  } else {
    // Before anything has moved there is nothing to compare with.
    const bool settled = hooks_.in_flight() <= climb_.limit() || now - changed_ > kLongestEnd;
    measuring_ = settled && work > 0;
  }
  began_ = now;
  busy_ = busy;
  idle_ = idle;
  next_look_.store((now + pause).time_since_epoch().count(), std::memory_order_relaxed);
}

}  // namespace sluice::io
