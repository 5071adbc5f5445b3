// LiveCredentials: the keys that a store signs with, renewed before they end.
//
// Keys of a caller who gave no provider never change and cost nothing. Others are read by one atomic load;
// what was read holds as long as this object, because earlier keys are kept: there is one more of them in
// each life of a token. The provider is called `elsewhere`, where it may block, one call at a time; who
// cannot go on without its answer waits as a coroutine. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/loop.h"
#include "scheduler/task.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::engine {

class LiveCredentials : public std::enable_shared_from_this<LiveCredentials> {
 public:
  using Elsewhere = std::function<void(std::function<void()>)>;
  using Now = std::function<TimePoint()>;  ///< for tests; empty = the system's clock
  LiveCredentials(Credentials first, CredentialsProvider provider, Elsewhere elsewhere, Now now = {});

  bool renews() const { return provider_ != nullptr; }
  const Credentials& current() const { return *current_.load(std::memory_order_acquire); }

  /// Before each request. Sees to it that keys which end soon are renewed meanwhile. True: they have ended,
  /// and the renewal should be awaited.
  bool lapsed() { return renew_at_.load(std::memory_order_relaxed) != kNever && lapsed_by_now(); }

  /// The end of the renewal that goes on, if one does.
  scheduler::Task<void> renewal(scheduler::Loop* loop);

  /// The store has refused these keys. Renews them, unless somebody has or nobody could just now. True: there
  /// are others.
  scheduler::Task<bool> replaced(scheduler::Loop* loop, const Credentials* refused);

  /// What to tell the user whose keys the store says have ended.
  std::string why_not_renewed() const;

 private:
  using Millis = std::int64_t;  // since the epoch of the system's clock
  static constexpr Millis kNever = std::numeric_limits<Millis>::max();

  struct Waiter {
    scheduler::Loop* loop;
    std::coroutine_handle<> who;
  };
  struct Wait;

  bool lapsed_by_now();
  void begin(std::unique_lock<std::mutex> lock);
  void ask();
  Millis now() const;
  void take(const std::optional<TimePoint>& expires, Millis at);

  const CredentialsProvider provider_;
  const Elsewhere elsewhere_;
  const Now now_;
  std::atomic<const Credentials*> current_;
  std::atomic<Millis> renew_at_{kNever};

  mutable std::mutex mutex_;  // all below
  std::list<Credentials> kept_;
  Millis ends_ = kNever;
  Millis tried_ = 0;
  bool renewing_ = false;
  std::vector<Waiter> waiters_;
  std::string failure_;
};

/// Calls it; what it throws is an error.
Result<Credentials> ask_provider(const CredentialsProvider& provider);

}  // namespace sluice::engine
