// Runs a job from its words to its summary.
#pragma once

#include <string>
#include <vector>

#include "bulk/failure_cause.h"
#include "cli/job_command.h"

namespace sluice::cli {

/// The job of this command that an earlier run has not ended, or a new one. Answers the exit code; everything
/// has been said.
int run_job_command(Context&, const JobCommand&);
/// The failures of an ended job with these causes, all when there are none, once more.
int retry_job_command(Context&, const JobCommand&, const std::string& id, const std::vector<bulk::Cause>& causes);
/// What run_job_command would do, a line for each thing.
int show_job_command(Context&, const JobCommand&);

}  // namespace sluice::cli
