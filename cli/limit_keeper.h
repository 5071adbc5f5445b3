// LimitKeeper: sets the limits of a timetable while commands run, each at its time, and takes new ones.
//
// It looks at the clock twice a minute at least: whoever sets the clock, sleeps the machine or changes to
// summer time moves the changes with it. There is a thread once a change is to come. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "cli/bwlimit.h"
#include "sluice/types.h"

namespace sluice::cli {

class LimitKeeper {
 public:
  using Set = std::function<void(const Limits&)>;
  using Now = std::function<std::chrono::system_clock::time_point()>;

  /// `set` is called here, and then from one thread at a time.
  LimitKeeper(Set set, Timetable bandwidth, double requests, Now now = std::chrono::system_clock::now);

  /// Instead of what there was, at once.
  void change(Timetable bandwidth, double requests);

 private:
  /// Answers how long these limits hold; empty: for good.
  std::optional<std::chrono::system_clock::duration> set_locked();
  void watch(const std::stop_token& stop);

  const Set set_;
  const Now now_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Timetable bandwidth_;
  double requests_ = 0;
  unsigned version_ = 0;  // of the two above
  std::jthread thread_;
};

}  // namespace sluice::cli
