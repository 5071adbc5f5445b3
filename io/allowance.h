// Allowance: what one request may still move one way, under a limit that all requests share; and HeldBack,
// the requests of one loop that wait for their turn.
//
// A piece is booked with the limiter, and moves when its place has come: the places are in the order of
// booking over all loops. One timer a loop wakes whose turn it is; nobody is woken in vain. Without a limit
// asking costs one load. Loop thread only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>

#include "io/body.h"
#include "scheduler/limiter.h"
#include "scheduler/loop.h"

namespace sluice::io {

class Allowance;
class Flow;

class HeldBack {
 public:
  /// Calls a function on the loop's thread after a while.
  using After = std::function<void(scheduler::Clock::duration, std::function<void()>)>;

  /// All must outlive it; `flow` may be null.
  HeldBack(scheduler::Limiter& limiter, Flow* flow, After after);

  scheduler::Limiter& limiter() { return limiter_; }
  bool on() const { return limiter_.on(); }
  void add(Allowance* who);
  void remove(Allowance* who);

 private:
  void look();
  void look_later();

  scheduler::Limiter& limiter_;
  Flow* const flow_;
  const After after_;
  std::deque<Allowance*> waiting_;  // by place
  bool looking_ = false;
};

class Allowance {
 public:
  /// For a new request, whose owner pauses where there is no room, and is resumed. Null: no limit.
  void begin(HeldBack* all, Resume* owner);
  bool limited() const { return all_ && all_->on(); }
  /// Bytes that may move now, of those that are `wanted`: `least` or more. 0: not now, the owner is resumed.
  std::uint64_t room(std::uint64_t least, std::uint64_t wanted) {
    return limited() ? limited_room(least, wanted) : wanted;
  }
  /// Of those that there was room for.
  void moved(std::uint64_t bytes) { left_ -= std::min(left_, bytes); }
  /// What was not used goes to others.
  void end();
  /// The limit, and not only the link, has made the request as slow as it was.
  bool was_held() const { return was_held_; }

 private:
  friend class HeldBack;
  std::uint64_t limited_room(std::uint64_t least, std::uint64_t wanted);
  void book(scheduler::Clock::time_point now);

  HeldBack* all_ = nullptr;
  Resume* owner_ = nullptr;
  std::uint64_t left_ = 0;    // of what was booked
  std::uint64_t booked_ = 0;  // at place_, on top of it
  scheduler::Limiter::Place place_;
  bool waits_ = false, was_held_ = false;
};

}  // namespace sluice::io
