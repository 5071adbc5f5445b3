// credential_process: a command that prints keys, after the contract of the AWS tools:
//
//   {"Version": 1, "AccessKeyId": "...", "SecretAccessKey": "...", "SessionToken": "...", "Expiration":
//   "..."}
//
// No shell runs it: its words are told apart by blanks, and quotes keep them together. It has no standard
// input. When it fails its stderr is shown; its stdout never.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

inline constexpr std::chrono::seconds kProcessLimit{60};

Result<std::vector<std::string>> split_command(const std::string& command);

/// Ends it, and fails, when it has not closed its outputs within `limit`. Any thread.
Result<Credentials> run_credential_process(const std::string& command,
                                           std::chrono::milliseconds limit = kProcessLimit);

}  // namespace sluice::cli
