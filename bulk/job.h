// Job: runs steps to their end, and keeps what a later run needs to go on where this one stopped.
//
// Steps are asked for on the caller's thread; things move on the client's workers; a thread of the job's own
// records what became of them four times a second.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "bulk/failure_cause.h"
#include "bulk/job_store.h"
#include "bulk/mover.h"
#include "bulk/removal_limit.h"
#include "bulk/steps.h"

namespace sluice::bulk {

/// What became of one step.
struct Outcome {
  enum class What { copied, left, removed, vanished, failed };
  What what = What::copied;
  Step step;
  std::uint64_t bytes = 0;               ///< copied
  std::optional<std::uint64_t> crc64{};  ///< of the content, where known
  std::uint64_t attempts = 0;            ///< requests
  std::uint64_t retries = 0;
  std::optional<Cause> cause{};  ///< of a failure
  std::string message{};         ///< of a failure; else what is to be noted
};
std::string_view word(Outcome::What);

/// Sums, over all runs of a job.
struct Totals {
  std::uint64_t source = 0, target = 0;  ///< names seen
  std::uint64_t copied = 0, copied_bytes = 0;
  std::uint64_t same = 0;  ///< left alone because nothing was to be done
  std::uint64_t left = 0;  ///< left alone because that was asked for
  std::uint64_t removed = 0;
  std::uint64_t vanished = 0;  ///< gone from the source before they could be read
  std::uint64_t unread = 0;    ///< places of a listing that could not be read
  std::uint64_t requests = 0, retries = 0;
  std::uint64_t failed = 0;  ///< now
};
Counts counts_of(const Totals&);
Totals totals_of(const Counts&);

struct JobOptions {
  TransferOptions transfer{};  ///< of every object; `progress` is of the whole job
  RemovalLimit removal_limit{};
  /// What the source has must be what the step says: size, and ETag or time. Otherwise the step fails, as
  /// changed.
  bool exact = false;
  bool compares = false;  ///< there may be steps of Action::compare
  /// How many places the listings could not read so far. Any thread.
  std::function<std::uint64_t()> unread{};
  /// Told of what became of each step that was not left alone, before it is on record. The job's thread.
  std::function<Result<void>(const std::vector<Outcome>&)> told{};
  unsigned passes = 2;  ///< more, over what failed and may do better
};

struct JobReport {
  Totals totals;
  std::vector<std::string> notes{};     ///< e.g. why nothing was deleted
  bool removal_refused = false;         ///< what was to be deleted was not, for safety
  std::vector<std::string> failures{};  ///< the first 100 that remain, one line each
};

/// Runs until everything is done, failed, or `stop` (then: cancelled, and the job goes on another time). An
/// error is one of the job as a whole.
Result<JobReport> run_job(engine::Runtime&, const Mover&, Steps&, JobStore& store, JobOptions,
                          std::stop_token stop);

/// Runs the steps of failures with these causes (empty: all) once more.
Result<JobReport> retry_job(engine::Runtime&, const Mover&, JobStore& store, std::vector<Cause> causes,
                            JobOptions, std::stop_token stop);

}  // namespace sluice::bulk
