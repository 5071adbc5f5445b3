// JobCommand: what `sync`, `migrate` and `plan` were asked for, with every name complete.
#pragma once

#include <string>
#include <vector>

#include "bulk/filter.h"
#include "bulk/planner.h"
#include "bulk/removal_limit.h"
#include "cli/session.h"

namespace sluice::cli {

struct JobCommand {
  std::string verb;
  Location from, to;  ///< directories and prefixes: what is below them
  bulk::Comparison comparison;
  bulk::Filter filter;
  /// At most one of these, a file: what the source is said to hold, in the place of listing it.
  std::string files_from, inventory, listing;
  bool nul = false;  ///< names of files_from end with a NUL
  bool remove = false;
  bulk::RemovalLimit removal_limit;
  std::string report;  ///< directory; empty = none
  /// Of the options that say what is to be done, and not how: together with both ends, what makes two
  /// commands the same job.
  std::string wishes;
};

/// What such a verb is asked by.
std::vector<Option> job_options();
/// Verb::selection of it.
std::vector<Option> job_selection();

Result<JobCommand> read_job_command(const Verb&, const Args&);
Result<Session> open_job_session(Context&, const JobCommand&);

}  // namespace sluice::cli
