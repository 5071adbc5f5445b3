#include "engine/live_credentials.h"

#include <algorithm>

#include "scheduler/guarded.h"

namespace sluice::engine {
namespace {

constexpr std::int64_t kEarly = 5 * 60 * 1000;   // before the end, at most
constexpr std::int64_t kAgainAfter = 15 * 1000;  // a provider that had nothing new is left alone for so long

bool same_keys(const Credentials& a, const Credentials& b) {
  return a.access_key == b.access_key && a.secret_key == b.secret_key && a.security_token == b.security_token;
}

}  // namespace

Result<Credentials> ask_provider(const CredentialsProvider& provider) {
  try {
    return provider();
  } catch (...) {
    Error error = scheduler::caught().error;
    error.message = "the provider of credentials threw " + error.message;
    return unexpected(std::move(error));
  }
}

struct LiveCredentials::Wait {
  LiveCredentials* keys;
  scheduler::Loop* loop;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) const {
    std::lock_guard lock(keys->mutex_);
    if (!keys->renewing_) return false;
    keys->waiters_.push_back({loop, self});
    return true;
  }
  void await_resume() const noexcept {}
};

LiveCredentials::LiveCredentials(Credentials first, CredentialsProvider provider, Elsewhere elsewhere,
                                 Now now)
    : provider_(std::move(provider)), elsewhere_(std::move(elsewhere)), now_(std::move(now)) {
  kept_.push_back(std::move(first));
  current_.store(&kept_.back(), std::memory_order_release);
  if (provider_) take(kept_.back().expires, this->now());
}

LiveCredentials::Millis LiveCredentials::now() const {
  const auto time = now_ ? now_() : std::chrono::system_clock::now();
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

/// Renewed in the last quarter of their time. With the lock, or before anybody else is there.
void LiveCredentials::take(const std::optional<TimePoint>& expires, Millis at) {
  ends_ = expires ? expires->time_since_epoch().count() : kNever;
  const Millis left = std::max<Millis>(ends_ - at, 0);
  renew_at_.store(expires ? ends_ - std::min(kEarly, left / 4) : kNever, std::memory_order_relaxed);
}

bool LiveCredentials::lapsed_by_now() {
  const Millis at = now();
  if (at < renew_at_.load(std::memory_order_relaxed)) return false;
  std::unique_lock lock(mutex_);
  const bool ended = at >= ends_;
  if (renewing_) return ended;
  if (at < renew_at_.load(std::memory_order_relaxed)) return false;
  begin(std::move(lock));
  return ended;
}

void LiveCredentials::begin(std::unique_lock<std::mutex> lock) {
  renewing_ = true;
  // Until the end, nobody need look again.
  renew_at_.store(ends_, std::memory_order_relaxed);
  lock.unlock();
  elsewhere_([self = shared_from_this()] { self->ask(); });
}

void LiveCredentials::ask() {
  Result<Credentials> answer = ask_provider(provider_);
  std::vector<Waiter> waiting;
  {
    std::lock_guard lock(mutex_);
    const Millis at = now();
    const bool fresh = answer && !same_keys(*answer, current());
    renewing_ = false;
    tried_ = fresh ? 0 : at;
    failure_ = !answer ? answer.error().describe() : fresh ? "" : "the same ones were given again";
    if (answer) take(answer->expires, at);
    if (fresh) {
      kept_.push_back(*std::move(answer));
      current_.store(&kept_.back(), std::memory_order_release);
    }
    // Keys that have ended before they came mean a clock that is wrong: theirs or ours.
    if (ends_ != kNever && (!fresh || at >= ends_))
      renew_at_.store(std::max(at + kAgainAfter, answer ? renew_at_.load() : 0), std::memory_order_relaxed);
    waiting.swap(waiters_);
  }
  for (const Waiter& each : waiting) each.loop->post([who = each.who] { who.resume(); });
}

scheduler::Task<void> LiveCredentials::renewal(scheduler::Loop* loop) {
  const Wait wait{this, loop};
  co_await wait;
}

scheduler::Task<bool> LiveCredentials::replaced(scheduler::Loop* loop, const Credentials* refused) {
  std::unique_lock lock(mutex_);
  if (&current() != refused) co_return true;
  if (!renewing_) {
    if (now() < tried_ + kAgainAfter) co_return false;
    begin(std::move(lock));
  } else {
    lock.unlock();
  }
  const Wait wait{this, loop};
  co_await wait;
  co_return &current() != refused;
}

std::string LiveCredentials::why_not_renewed() const {
  std::lock_guard lock(mutex_);
  const std::string ended = "the temporary credentials have ended";
  return failure_.empty() ? ended + ": get new ones" : ended + ", and no new ones could be had: " + failure_;
}

}  // namespace sluice::engine
