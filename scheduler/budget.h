// Budget: how much may be in flight at once (bytes, requests), handed out as tickets.
//
// Thread safe. Waiters are served first come, first served: a large one is not overtaken for ever by
// small ones. A request for more than the whole limit is clamped to it, so that it can run alone.
// A Budget must outlive its tickets and waiters; callbacks and resumptions happen on the loop that
// the waiter named.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "scheduler/loop.h"
#include "scheduler/task.h"

namespace sluice::scheduler {

class Budget;

/// A share of a budget, given back when destroyed. Empty when false.
class [[nodiscard]] Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), amount_(std::exchange(other.amount_, 0)) {}
  Ticket& operator=(Ticket&& other) noexcept;
  ~Ticket() { release(); }

  explicit operator bool() const { return budget_ != nullptr; }
  std::uint64_t amount() const { return amount_; }
  void release();
  /// Gives back all but `amount`.
  void shrink(std::uint64_t amount);

 private:
  friend class Budget;
  Ticket(Budget* budget, std::uint64_t amount) : budget_(budget), amount_(amount) {}

  Budget* budget_ = nullptr;
  std::uint64_t amount_ = 0;
};

/// What an admitted index holds while it runs (bytes and a request, say).
using Tickets = std::vector<Ticket>;

class Budget {
 public:
  explicit Budget(std::uint64_t limit);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;
  ~Budget();

  /// At once or not at all. Refused also while somebody waits in take().
  Ticket try_take(std::uint64_t n);

  /// try_take, and when refused: `released` is called on `loop` once, after the next release.
  /// `who` names the waiter: a second call of the same who waits once only.
  Ticket try_take_or_call(std::uint64_t n, Loop& loop, const void* who, std::function<void()> released);

  /// Waits for its turn. Await it on the loop's thread. An empty ticket: stopped first.
  Task<Ticket> take(Loop& loop, std::uint64_t n, std::stop_token stop = {});

  /// A smaller limit is reached as tickets come back.
  void set_limit(std::uint64_t limit);
  std::uint64_t limit() const;
  std::uint64_t used() const;
  std::uint64_t high_water() const;  ///< most ever in use at once

 private:
  friend class Ticket;
  struct Waiter;
  struct Call {
    Loop* loop;
    const void* who;
    std::function<void()> released;
  };

  void give_back(std::uint64_t n);
  bool fits(std::uint64_t n) const;
  Ticket take_locked(std::uint64_t n);
  void serve_locked();
  void forget(const std::shared_ptr<Waiter>& waiter);

  mutable std::mutex mutex_;
  std::uint64_t limit_;
  std::uint64_t used_ = 0;
  std::uint64_t high_water_ = 0;
  std::deque<std::shared_ptr<Waiter>> waiters_;
  std::vector<Call> calls_;
};

}  // namespace sluice::scheduler
