// The options of a verb, its own and those it shares, as data: what the parser takes, and what the help, the
// manual and the completions show.
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace sluice::cli {

struct OptionGroup {
  std::string title;
  std::vector<Option> options;  ///< hidden ones included
};

/// The verb's own come first; no group is empty.
std::vector<OptionGroup> option_groups(const Verb&);

/// "-r,--recursive" -> "-r", "--recursive".
std::vector<std::string> option_words(const Option&);

}  // namespace sluice::cli
