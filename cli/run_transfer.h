// Runs one transfer to its end: progress, Ctrl-C, summary.
#pragma once

#include <functional>

#include "cli/session.h"

namespace sluice::cli {

struct Running {
  const char* done;      ///< "uploaded", "downloaded", "copied"
  std::string from, to;  ///< for messages
  bool tree = false;
  bool resumable = true;
  /// Of a source that was asked for by prefix: nothing below it is an error.
  bool wants_objects = false;
};

using Start = std::function<Transfer(TransferOptions)>;

/// Answers the exit code; everything has been said.
int run_transfer(Context&, Session&, Running, const Start&);

/// Standard input as a source; ends early, with `cancelled`, when a signal comes.
Source standard_input(Interrupt&);
/// Standard output as a sink.
Sink standard_output(Output&);

}  // namespace sluice::cli
