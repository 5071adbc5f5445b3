// The signal thread: interrupt.h.
#include "cli/interrupt.h"

#include <csignal>
#include <thread>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/exit_code.h"

namespace sluice::cli {
namespace {

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  // A terminal that was closed, but for those who asked to outlive it (nohup).
  struct sigaction now {};
  if (sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Interrupt& Interrupt::install() {
  // Never destroyed: the thread waits for signals until the process has ended.
  static Interrupt* const only = new Interrupt;
  return *only;
}

Interrupt::Interrupt() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is then an error that says so, as a full disk is
  const sigset_t set = our_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([this] { watch(); }).detach();
}

void Interrupt::watch() {
  const sigset_t set = our_signals();
  for (;;) {
    int got = 0;
    if (sigwait(&set, &got) != 0) continue;
    if (signal_.exchange(got) != 0) ::_exit(exit_code_of_signal(got));
    std::list<std::function<void()>> actions;
    {
      std::lock_guard lock(mutex_);
      actions = actions_;
      acting_ = !actions.empty();
    }
    if (actions.empty()) ::_exit(exit_code_of_signal(got));
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
    // Its own thread: an action that takes its time must not keep the second signal waiting.
    std::thread([this, actions = std::move(actions)] {
      for (const std::function<void()>& action : actions) action();
      std::lock_guard lock(mutex_);
      acting_ = false;
      ended_.notify_all();
    }).detach();
  }
}

Interrupt::Guard::Guard(Interrupt& interrupt, std::function<void()> action)
    : interrupt_(interrupt), action_([&] {
        std::lock_guard lock(interrupt.mutex_);
        return interrupt.actions_.insert(interrupt.actions_.end(), std::move(action));
      }()) {}

Interrupt::Guard::~Guard() {
  std::unique_lock lock(interrupt_.mutex_);
  interrupt_.ended_.wait(lock, [this] { return !interrupt_.acting_; });
  interrupt_.actions_.erase(action_);
}

}  // namespace sluice::cli
