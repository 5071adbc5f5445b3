#include "scheduler/budget.h"

#include <algorithm>
#include <cassert>
#include <optional>

namespace sluice::scheduler {

struct Budget::Waiter {
  Loop* loop = nullptr;
  std::coroutine_handle<> waiting;
  std::uint64_t n = 0;
  Ticket ticket;
};

Ticket& Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  release();
  budget_ = std::exchange(other.budget_, nullptr);
  amount_ = std::exchange(other.amount_, 0);
  return *this;
}

void Ticket::release() {
  if (Budget* budget = std::exchange(budget_, nullptr)) budget->give_back(std::exchange(amount_, 0));
}

void Ticket::shrink(std::uint64_t amount) {
  if (budget_ && amount < amount_) budget_->give_back(std::exchange(amount_, amount) - amount);
}

Budget::Budget(std::uint64_t limit) : limit_(std::max<std::uint64_t>(limit, 1)) {}

Budget::~Budget() {
  assert(waiters_.empty() && used_ == 0);
}

bool Budget::fits(std::uint64_t n) const {
  const std::uint64_t clamped = std::min(n, limit_);
  return used_ <= limit_ && clamped <= limit_ - used_;
}

Ticket Budget::take_locked(std::uint64_t n) {
  const std::uint64_t clamped = std::min(n, limit_);
  used_ += clamped;
  high_water_ = std::max(high_water_, used_);
  return Ticket(this, clamped);
}

Ticket Budget::try_take(std::uint64_t n) {
  std::lock_guard lock(mutex_);
  if (!waiters_.empty() || !fits(n)) return Ticket();
  return take_locked(n);
}

Ticket Budget::try_take_or_call(std::uint64_t n, Loop& loop, const void* who,
                                std::function<void()> released) {
  std::lock_guard lock(mutex_);
  if (waiters_.empty() && fits(n)) return take_locked(n);
  const auto same = [who](const Call& call) { return call.who == who; };
  if (std::none_of(calls_.begin(), calls_.end(), same)) {
    Call call;
    call.loop = &loop;
    call.who = who;
    call.released = std::move(released);
    calls_.push_back(std::move(call));
  }
  return Ticket();
}

void Budget::give_back(std::uint64_t n) {
  std::lock_guard lock(mutex_);
  used_ -= n;
  serve_locked();
}

void Budget::set_limit(std::uint64_t limit) {
  std::lock_guard lock(mutex_);
  limit_ = std::max<std::uint64_t>(limit, 1);
  serve_locked();
}

// Everyone in `calls_` is told, not only as many as fit: one that has no use for it any more would
// swallow the news that another one needs.
void Budget::serve_locked() {
  while (!waiters_.empty() && fits(waiters_.front()->n)) {
    const std::shared_ptr<Waiter> next = std::move(waiters_.front());
    waiters_.pop_front();
    next->ticket = take_locked(next->n);
    next->loop->post([next] { next->waiting.resume(); });
  }
  if (!waiters_.empty() || used_ >= limit_) return;
  for (Call& call : calls_) call.loop->post(std::move(call.released));
  calls_.clear();
}

void Budget::forget(const std::shared_ptr<Waiter>& waiter) {
  std::lock_guard lock(mutex_);
  const auto found = std::find(waiters_.begin(), waiters_.end(), waiter);
  if (found == waiters_.end()) return;  // served already
  waiters_.erase(found);
  waiter->loop->post([waiter] { waiter->waiting.resume(); });
  serve_locked();  // it may have stood in the way of smaller ones
}

Task<Ticket> Budget::take(Loop& loop, std::uint64_t n, std::stop_token stop) {
  // All but the stop callback happens on the loop's thread, so the frame cannot be resumed, and go
  // away, before await_suspend has returned.
  struct Turn {
    Budget* budget;
    std::stop_token stop;
    std::shared_ptr<Waiter> waiter = std::make_shared<Waiter>();
    std::optional<std::stop_callback<std::function<void()>>> on_stop = std::nullopt;

    bool await_ready() const { return stop.stop_requested(); }
    bool await_suspend(std::coroutine_handle<> self) {
      waiter->waiting = self;
      {
        std::lock_guard lock(budget->mutex_);
        if (budget->waiters_.empty() && budget->fits(waiter->n)) {
          waiter->ticket = budget->take_locked(waiter->n);
          return false;
        }
        budget->waiters_.push_back(waiter);
      }
      on_stop.emplace(stop, [b = budget, w = waiter] { b->forget(w); });
      return true;
    }
    Ticket await_resume() {
      on_stop.reset();
      return std::move(waiter->ticket);
    }
  };
  Turn turn{this, std::move(stop)};
  turn.waiter->loop = &loop;
  turn.waiter->n = n;
  co_return co_await turn;
}

std::uint64_t Budget::limit() const {
  std::lock_guard lock(mutex_);
  return limit_;
}
std::uint64_t Budget::used() const {
  std::lock_guard lock(mutex_);
  return used_;
}
std::uint64_t Budget::high_water() const {
  std::lock_guard lock(mutex_);
  return high_water_;
}

}  // namespace sluice::scheduler
