// One change of an object, or with -r of each below a prefix: for verbs whose change is one request.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace sluice::cli {

struct ObjectChange {
  std::string operation;  ///< for messages: "restore"
  const char* done;       ///< of many: "restored"
  JsonLine event;         ///< of each; url, status and request id are added
  /// One change as a command, for a dry run.
  std::function<std::vector<std::string>(const Location&)> command;
  std::function<Result<Reply>(Store&, const Location&)> apply;  ///< any thread
  /// Which of those below are meant; empty = all.
  std::function<bool(const ObjectInfo&)> wanted{};
};

/// "-r,--recursive" of a verb's own options.
Option recursive_option();

/// Of the object that is named, or with --recursive of all below. Answers the exit code; everything has been
/// said.
int change_objects(Context&, const Location&, const ObjectChange&);

/// Of one thing, whatever it is.
int change_one(Context&, Store&, const Location&, const ObjectChange&);

}  // namespace sluice::cli
