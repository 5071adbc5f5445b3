#include "scheduler/sleep.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace sluice::scheduler {
namespace {

// Touched on the loop's thread only: the stop callback, which may run anywhere, just posts.
struct Moment {
  Loop* loop = nullptr;
  std::coroutine_handle<> waiting;
  std::uint64_t timer = 0;
  bool over = false;
  bool whole = false;

  void end(bool passed) {
    if (over) return;
    over = true;
    whole = passed;
    if (!passed) loop->cancel_timer(timer);
    waiting.resume();
  }
};

class Pause {
 public:
  Pause(Loop* loop, Clock::duration delay, std::stop_token stop)
      : delay_(delay), stop_(std::move(stop)), moment_(std::make_shared<Moment>()) {
    moment_->loop = loop;
  }

  bool await_ready() const { return stop_.stop_requested(); }
  void await_suspend(std::coroutine_handle<> self) {
    moment_->waiting = self;
    moment_->timer = moment_->loop->after(delay_, [m = moment_] { m->end(true); });
    on_stop_.emplace(stop_, [m = moment_] { m->loop->post([m] { m->end(false); }); });
  }
  bool await_resume() {
    on_stop_.reset();
    return moment_->whole;
  }

 private:
  Clock::duration delay_;
  std::stop_token stop_;
  std::shared_ptr<Moment> moment_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace

Task<bool> sleep_for(Loop& loop, Clock::duration delay, std::stop_token stop) {
  Pause pause(&loop, delay, std::move(stop));
  co_return co_await pause;
}

}  // namespace sluice::scheduler
