// Interrupt: Ctrl-C, SIGTERM and the end of the terminal (SIGHUP), taken by one thread of our own.
//
// The first signal runs the actions that are in force (the cancel of every transfer) and makes fd()
// readable, so that a read of standard input ends too; with no action in force there is nothing to save
// and the process ends at once. The second signal ends it at once whatever happens. Ends are 128 + signal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>

namespace sluice::cli {

class Interrupt {
 public:
  /// To be called once, before any other thread exists: every thread inherits the blocked signals.
  static Interrupt& install();

  int signal() const { return signal_.load(); }  ///< 0 = none came
  int fd() const { return fd_; }

  /// While it lives, the first signal runs `action`, on a thread that runs no more than such actions. The
  /// destructor waits for actions that have begun, so that its own may refer to what outlives the guard.
  class Guard {
   public:
    Guard(Interrupt& interrupt, std::function<void()> action);
    ~Guard();
    Guard(const Guard&) = delete;

   private:
    Interrupt& interrupt_;
    const std::list<std::function<void()>>::iterator action_;
  };

 private:
  Interrupt();
  [[noreturn]] void watch();

  std::atomic<int> signal_{0};
  int fd_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::list<std::function<void()>> actions_;
  bool acting_ = false;
};

}  // namespace sluice::cli
