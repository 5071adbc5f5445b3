// Interrupt: Ctrl-C and SIGTERM, taken by one thread of our own.
//
// The first signal runs the action that is in force (a transfer's cancel) and makes fd() readable, so
// that a read of standard input ends too; with no action in force there is nothing to save and the
// process ends at once. The second signal ends it at once whatever happens. Ends are 128 + signal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace sluice::cli {

class Interrupt {
 public:
  /// To be called once, before any other thread exists: every thread inherits the blocked signals.
  static Interrupt& install();

  int signal() const { return signal_.load(); }  ///< 0 = none came
  int fd() const { return fd_; }

  /// While it lives, the first signal runs `action`, on a thread of its own. The destructor waits for
  /// an action that has begun, so that it may refer to what outlives the guard.
  class Guard {
   public:
    Guard(Interrupt& interrupt, std::function<void()> action);
    ~Guard();
    Guard(const Guard&) = delete;

   private:
    Interrupt& interrupt_;
  };

 private:
  Interrupt();
  [[noreturn]] void watch();

  std::atomic<int> signal_{0};
  int fd_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::function<void()> action_;
  bool acting_ = false;
};

}  // namespace sluice::cli
