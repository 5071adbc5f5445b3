// JobStore: what a job needs to go on after its process was killed, and to be looked at. One SQLite file a
// job, DIR/jobs/ID.db, with a lock beside it that the running process holds.
//
// What commit() has answered well survives a SIGKILL at any later instant; a kill in the middle leaves all of
// it or none. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bulk/step.h"
#include "io/state_lock.h"
#include "io/state_sqlite.h"
#include "sluice/result.h"

namespace sluice::bulk {

/// What a job was asked for.
struct JobSpec {
  std::string id{};                  ///< make_job_id()
  std::string verb{};                ///< "sync", "migrate", "apply"
  std::string source{}, target{};    ///< URLs or absolute paths
  std::vector<std::string> words{};  ///< the command that began it, without the program's name
  std::string directory{};           ///< in which it was given
  std::string key{};                 ///< same key: the same job
  std::chrono::sys_seconds created{};
};

/// How far a job is.
enum class JobPhase {
  moving,    ///< listing, comparing, copying
  removing,  ///< everything is copied; deletes remain
  done,      ///< ended; failures may remain
  cancelled,
};
std::string_view word(JobPhase);

struct JobPosition {
  JobPhase phase = JobPhase::moving;
  std::string name{};  ///< everything up to it is settled, or left behind
};

/// A step that did not succeed.
struct Failure {
  Step step;
  std::string cause{};    ///< word of failure_cause.h
  std::string message{};  ///< one line
  std::uint64_t attempts = 0;
};

/// Sums over all runs of the job, by name: "copied", "copied_bytes", ... (job.h).
using Counts = std::map<std::string, std::uint64_t>;

/// What became of a job since the last commit.
struct JobChange {
  std::optional<JobPosition> position{};
  std::vector<Step> left_behind{};       ///< still under way when the position has passed them
  std::vector<std::string> caught_up{};  ///< of these, settled now
  std::vector<Failure> failed{};
  std::vector<std::string> mended{};   ///< names of failures that are none any more
  std::vector<Step> extra{};           ///< to be removed at the end
  std::vector<std::string> removed{};  ///< of these, done
  Counts counts{};                     ///< the sums as they are now

  bool empty() const {
    return !position && left_behind.empty() && caught_up.empty() && failed.empty() && mended.empty() &&
           extra.empty() && removed.empty();
  }
};

class JobStore {
 public:
  /// A new job.
  static Result<std::unique_ptr<JobStore>> create(const std::string& state_dir, JobSpec spec);
  /// Kind state: no such job, another process has it, damaged, or from a newer version.
  static Result<std::unique_ptr<JobStore>> open(const std::string& state_dir, const std::string& id);
  JobStore(const JobStore&) = delete;

  const JobSpec& spec() const { return spec_; }
  Result<JobPosition> position();
  Result<Counts> counts();
  /// Steps that an earlier run has left behind, by name.
  Result<std::vector<Step>> left_behind();
  /// At most `most` with names above `after`, by name.
  Result<std::vector<Failure>> failures(const std::string& after, std::size_t most);
  Result<std::uint64_t> failure_count();
  Result<std::vector<Step>> extra(const std::string& after, std::size_t most);
  Result<std::uint64_t> extra_count();

  Result<void> commit(const JobChange& change);
  /// Unlinks the file and its lock. Nothing else may be called after it.
  void remove();

 private:
  JobStore(JobSpec spec, io::StateLock lock, std::unique_ptr<io::Sqlite> db);

  const JobSpec spec_;
  io::StateLock lock_;  // before db_: released after the database is closed
  std::unique_ptr<io::Sqlite> db_;
};

/// Sorts by time of creation: "20261201-021530-7f3a".
std::string make_job_id();

}  // namespace sluice::bulk
