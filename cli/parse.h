// From words to a verb and its Args, or to the text that must be shown instead. The only user of CLI11.
//
// Values of unknown options are never repeated: one of them may be a secret that somebody tried to give.
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace sluice::cli {

struct Parsed {
  const Verb* verb = nullptr;  ///< null: show `text` and end with `exit_code`
  Args args;
  std::string text;
  int exit_code = 0;
};

/// `words` without the program's name.
Parsed parse_command(std::vector<std::string> words);

}  // namespace sluice::cli
