// The jobs of a state directory, running, stopped and ended.
#pragma once

#include <string>
#include <vector>

#include "bulk/job_store.h"

namespace sluice::bulk {

struct JobInfo {
  JobSpec spec;
  JobPosition position;
  Counts counts;
  bool live = false;  ///< a process is working on it
  int pid = 0;        ///< that process, when known
};

/// By time of creation; files that cannot be read are left out. A directory that does not exist has none.
Result<std::vector<JobInfo>> list_jobs(const std::string& state_dir);

/// The newest job of this key that has not ended; empty when there is none.
Result<std::string> find_unfinished(const std::string& state_dir, const std::string& key);

}  // namespace sluice::bulk
