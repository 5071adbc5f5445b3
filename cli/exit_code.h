// The one place that turns an Error, a signal or a report into the command's exit code.
#pragma once

#include "sluice/error.h"
#include "sluice/types.h"

namespace sluice::cli {

enum ExitCode : int {
  kDone = 0,
  kSomeFailed = 1,
  kUsage = 2,
  kConfiguration = 3,
  kNotFound = 4,
  kGaveUp = 5,
  kIntegrity = 6,
  kPermission = 7,
  kLimit = 8,
  kInternal = 70,
  kPipeClosed = 141,  ///< the reader of stdout went away: what a shell reports of any filter
};

int exit_code(const Error&);
int exit_code(const TransferReport&);
inline int exit_code_of_signal(int signal) {
  return 128 + signal;
}

/// The table of codes, for --help.
const char* exit_code_help();

}  // namespace sluice::cli
