// JobRecorder: collects what becomes of steps, on whatever threads, and puts it on record four times a
// second.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "bulk/job.h"
#include "bulk/window.h"

namespace sluice::bulk {

class JobRecorder {
 public:
  /// Of `options`: told and unread. `failed` is asked to stop when something cannot be put on record.
  JobRecorder(JobStore& store, const JobOptions& options, std::stop_source failed);
  ~JobRecorder();

  /// What an earlier run has left. Before anything else.
  Result<JobPosition> load();

  /// Steps under way, in the order of names; the number of the first one.
  std::uint64_t begin(std::vector<Step> steps, std::string through);
  void seen(const Batch& batch);
  /// `number`: of a step under way. `failed_before`: its failure is on record.
  void ended(Outcome outcome, std::optional<std::uint64_t> number, bool failed_before = false);
  Step step(std::uint64_t number) const { return window_.step(number); }
  void requests(std::uint64_t requests, std::uint64_t retries);

  /// Everything until now is on record when it has answered well.
  Result<void> commit();
  Result<void> enter(JobPhase phase);

  /// Exclusive use of the store, with everything on record. Answers what `use` does.
  template <class Use>
  auto with_store(Use use) -> decltype(use(std::declval<JobStore&>())) {
    if (Result<void> done = commit(); !done) return unexpected(done.error());
    std::lock_guard lock(store_mutex_);
    return use(store_);
  }

  Totals totals() const;
  /// Why nothing can be put on record.
  std::optional<Error> error() const;

 private:
  void run(std::stop_token stop);
  Result<void> commit_locked();

  JobStore& store_;
  const JobOptions& options_;
  std::stop_source failed_;
  Window window_;

  mutable std::mutex mutex_;  // of what follows
  Totals totals_;
  std::uint64_t unread_before_ = 0;  // by earlier runs
  std::vector<Outcome> outcomes_;
  JobChange change_;
  std::optional<Error> error_;

  std::mutex store_mutex_;  // taken before mutex_
  JobPosition position_;    // by store_mutex_
  std::condition_variable_any tick_;
  std::mutex tick_mutex_;
  std::jthread thread_;
};

}  // namespace sluice::bulk
