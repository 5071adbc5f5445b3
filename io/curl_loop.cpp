#include "io/curl_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <algorithm>
#include <csignal>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "io/curl_multi.h"
#include "io/flow.h"
#include "io/thread_load.h"
#include "scheduler/rate_limits.h"
#include "scheduler/sleep.h"

namespace asio = boost::asio;

namespace sluice::io {
namespace {

// OpenSSL writes to sockets without MSG_NOSIGNAL, and curl leaves the signal to the program. Blocked
// on this thread, for as long as curl runs, it changes nothing for the rest of the process.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&set_);
    sigaddset(&set_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~NoSigpipe() {
    const timespec at_once{};
    if (!was_pending_)
      while (sigtimedwait(&set_, nullptr, &at_once) == SIGPIPE) continue;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t set_, before_;
  bool was_pending_;
};

}  // namespace

class CurlLoop::State {
 public:
  State() : io_(1), guard_(io_.get_executor()), readiness_(io_), timer_(io_) {}
  ~State() {
    const NoSigpipe quiet;
    if (readiness_.is_open()) readiness_.release();
    multi_.reset();
  }

  Result<void> open(CurlLoopOptions options) {
    CurlMulti::Hooks hooks;
    hooks.arm = [this](auto delay) { arm(delay); };
    hooks.post = [this](auto f) { asio::post(io_, std::move(f)); };
    hooks.after = [this](auto delay, auto f) { after(delay, std::move(f)); };
    auto multi = CurlMulti::create(std::move(options), std::move(hooks));
    if (!multi) return unexpected(multi.error());
    multi_ = std::move(*multi);
    readiness_.assign(multi_->descriptor());
    watch();
    return {};
  }

  void run() {
    const NoSigpipe quiet;
    load_.watch_this_thread();
    io_.run();
    io_.restart();
  }

  void watch() {
    readiness_.async_wait(asio::posix::stream_descriptor::wait_read,
                          [this](boost::system::error_code failed) {
                            if (failed) return;
                            multi_->on_ready();
                            watch();
                          });
  }

  // curl moves its one deadline with nearly every request, mostly to later. A timer that is already
  // set for earlier stays: it looks at the deadline when it fires.
  void arm(std::optional<std::chrono::milliseconds> delay) {
    deadline_.reset();
    if (!delay) return;
    if (delay->count() == 0) {
      if (!std::exchange(kicked_, true))
        asio::post(io_, [this] {
          kicked_ = false;
          multi_->on_timer();
        });
      return;
    }
    deadline_ = scheduler::Clock::now() + *delay;
    if (!set_for_ || *set_for_ > *deadline_) set_timer();
  }
  void set_timer() {
    set_for_ = deadline_;
    timer_.expires_at(*deadline_);
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      set_for_.reset();
      if (!deadline_) return;
      if (scheduler::Clock::now() < *deadline_) return set_timer();
      deadline_.reset();
      multi_->on_timer();
    });
  }

  // Stalls are looked for once for all requests, and only while there are any.
  void look_for_stalls() {
    if (looking_ || multi_->options().stall_timeout.count() == 0) return;
    looking_ = true;
    after(multi_->look_interval(), [this] {
      looking_ = false;
      multi_->end_stalled();
      if (multi_->busy()) look_for_stalls();
    });
  }

  std::uint64_t after(scheduler::Clock::duration delay, std::function<void()> f) {
    const std::uint64_t id = ++last_timer_;
    auto& timer = timers_.emplace(id, asio::steady_timer(io_, delay)).first->second;
    timer.async_wait([this, id, f = std::move(f)](boost::system::error_code) {
      if (timers_.erase(id)) f();
    });
    return id;
  }

  ThreadLoad load_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::unique_ptr<CurlMulti> multi_;
  asio::posix::stream_descriptor readiness_;
  asio::steady_timer timer_;
  std::optional<scheduler::Clock::time_point> deadline_, set_for_;
  bool kicked_ = false, looking_ = false;
  std::unordered_map<std::uint64_t, asio::steady_timer> timers_;
  std::uint64_t last_timer_ = 0;
};

namespace {

/// Suspends until the multi handle says that `transfer` has ended.
class Flight {
 public:
  Flight(CurlMulti* multi, CurlTransfer* transfer, asio::io_context* io, std::stop_token stop)
      : multi_(multi), transfer_(transfer), io_(io), stop_(std::move(stop)) {}

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> self) {
    transfer_->waiting = self;
    if (!multi_->add(transfer_)) return false;
    // Nothing ends a transfer before this has returned: all of it happens on this thread.
    on_stop_.emplace(stop_, [multi = multi_, transfer = transfer_, io = io_, use = transfer_->generation] {
      asio::post(*io, [multi, transfer, use] {
        multi->abort(transfer, use, make_error(ErrorKind::cancelled, "cancelled"));
      });
    });
    return true;
  }
  void await_resume() { on_stop_.reset(); }

 private:
  CurlMulti* multi_;
  CurlTransfer* transfer_;
  asio::io_context* io_;
  std::stop_token stop_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace

CurlLoop::CurlLoop(std::unique_ptr<State> state) : state_(std::move(state)) {}
CurlLoop::~CurlLoop() = default;

Result<std::unique_ptr<CurlLoop>> CurlLoop::create(CurlLoopOptions options) {
  auto state = std::make_unique<State>();
  if (auto ok = state->open(std::move(options)); !ok) return unexpected(ok.error());
  return std::unique_ptr<CurlLoop>(new CurlLoop(std::move(state)));
}

void CurlLoop::run() {
  state_->run();
}
void CurlLoop::stop() {
  state_->io_.stop();
}
void CurlLoop::post(std::function<void()> f) {
  asio::post(state_->io_, std::move(f));
}
std::uint64_t CurlLoop::after(scheduler::Clock::duration delay, std::function<void()> f) {
  return state_->after(delay, std::move(f));
}
void CurlLoop::cancel_timer(std::uint64_t id) {
  state_->timers_.erase(id);
}
CurlLoopCounters CurlLoop::counters() const {
  return state_->multi_->counters();
}

std::chrono::nanoseconds CurlLoop::busy() const {
  return state_->load_.so_far();
}

bool CurlLoop::holds_back() const {
  const auto* const limits = state_->multi_->options().limits;
  return limits && limits->requests().on();
}

scheduler::Task<void> CurlLoop::turn(std::stop_token stop) {
  using scheduler::Clock;
  constexpr Clock::duration kLongestWait = std::chrono::milliseconds(250);  // a limit may change
  const CurlLoopOptions& options = state_->multi_->options();
  scheduler::Limiter& limiter = options.limits->requests();
  if (options.flow) options.flow->held(1);
  auto place = limiter.book(1, Clock::now());
  while (true) {
    const auto now = Clock::now();
    const auto wait = limiter.until(place, now);
    if (!wait) {
      place = limiter.book(1, now);
      continue;
    }
    if (*wait <= Clock::duration::zero()) break;
    if (co_await scheduler::sleep_for(*this, std::min(*wait, kLongestWait), stop)) continue;
    limiter.give_back(place, 1);
    break;
  }
  if (options.flow) options.flow->held(-1);
}

scheduler::Task<Result<Response>> CurlLoop::send(Request request, Exchange exchange) {
  if (exchange.stop.stop_requested()) co_return fail(ErrorKind::cancelled, "cancelled");
  CurlMulti& multi = *state_->multi_;
  CurlTransfer* const transfer = multi.acquire();
  const Result<void> prepared = transfer->prepare(request, exchange);
  if (prepared) {
    state_->look_for_stalls();
    Flight flight(&multi, transfer, &state_->io_, exchange.stop);
    co_await flight;
  } else {
    transfer->end(prepared.error());
  }
  Result<Response> outcome = transfer->take();
  multi.release(transfer);
  co_return outcome;
}

}  // namespace sluice::io
