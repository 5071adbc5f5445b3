// CopyCommand: what `cp` and `mv` were asked for, with every name complete, and how it is done.
//
// A target that ends in '/' (or is an existing directory) means "into it": the source's last name is
// appended. With -r the source stands for what is below it, so that a tree goes up and comes down as
// the same tree, whether or not '/' is written.
#pragma once

#include <functional>
#include <vector>

#include "bulk/filter.h"
#include "cli/session.h"

namespace sluice::cli {

struct CopyCommand {
  Location from, to;
  bool recursive = false;
  bool raw = false;   ///< a '/' at the end of the target is part of its key
  bool tree = false;  ///< what is below `from`, not `from` itself
  bulk::Filter filter{};  ///< of a tree: what of it is meant

  bool streams() const;  ///< one end cannot be read or written a second time
};

/// What a verb that copies is asked by.
std::vector<Option> copy_options();

/// Checked and complete; local files are looked at, nothing is made and no store is asked.
Result<CopyCommand> read_copy_command(const Args&);

Result<Session> open_copy_session(Context&, const CopyCommand&);

/// Directories of a local target are made before.
Transfer start_copy(Context&, Session&, const CopyCommand&, TransferOptions);

/// To its end; answers the exit code, and everything has been said.
int run_copy(Context&, Session&, const CopyCommand&);

/// One object or file of a tree.
struct CopyPair {
  CopyCommand copy;
  std::uint64_t bytes = 0;
};

struct OnPairs {
  std::function<Result<void>(std::vector<CopyPair>&)> page;  ///< some of them, in order; an error ends it
  std::function<void(const Error&)> failed;                  ///< what could not be read, and is left out
  std::function<void(const std::string&)> skipped;           ///< what is left out on purpose, and why
};

/// What a tree is made of, under the names that copying the tree gives them.
Result<void> each_pair(Session&, const CopyCommand& tree, const OnPairs&);

/// Shows the commands that copy each object by itself.
int show_copy(Context&, Session&, const std::string& verb, const CopyCommand&);

}  // namespace sluice::cli
