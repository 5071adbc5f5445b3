// Runs a job from its words to its summary.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/job_command.h"
#include "cli/manifest.h"

namespace sluice::cli {

/// Arguments that no user gives, but `jobs retry`: the job whose failures are tried once more, and the
/// classes of those that are (none: all).
inline constexpr const char* kRetryJob = "retry job";
inline constexpr const char* kRetryClass = "retry class";

/// The job of this command that an earlier run has not ended, or a new one. Answers the exit code; everything
/// has been said.
int run_job_command(Context&, const JobCommand&);
/// The same for the steps of a manifest, and for no others.
int run_manifest(Context&, const JobCommand&, const Manifest&);

/// What is shown of what run_job_command would do.
struct ShownSteps {
  std::function<std::string(const bulk::Step&)> line{};  ///< none of those that are left alone
  std::function<Result<void>(std::string_view)> write{};
  std::function<Result<void>(const PlanTotals&)> end{};  ///< may be null
};
int show_job_command(Context&, const JobCommand&, const ShownSteps&);
/// As a dry run does.
int show_job_command(Context&, const JobCommand&);

}  // namespace sluice::cli
