// Step: what a job does about one name, and why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bulk/entry.h"

namespace sluice::bulk {

enum class Action {
  copy,     ///< the source's to the target
  remove,   ///< the target's
  leave,    ///< nothing
  compare,  ///< contents are compared first: then it is copy or leave
};

enum class Why {
  missing,   ///< the target has none
  size,      ///< sizes differ
  newer,     ///< the source was changed after the target's was written
  checksum,  ///< sizes are the same, contents are not
  extra,     ///< the target has it alone
  same,      ///< as far as was asked
  older,     ///< the target's is newer, with --update
  exists,    ///< the target has one, with --no-clobber
};

std::string_view word(Why);
std::string_view word(Action);

struct Step {
  Action action = Action::leave;
  Why why = Why::same;
  Entry entry;  ///< the source's; of remove the target's
};

}  // namespace sluice::bulk
