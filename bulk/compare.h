// Comparison: whether a source's entry goes to the target, as far as two listings can tell.
#pragma once

#include <optional>

#include "bulk/step.h"

namespace sluice::bulk {

/// Without any: a copy is made where sizes differ, or the source was changed after the target was written
/// (whole seconds: some stores list no finer times). A time that is not known counts as changed.
struct Comparison {
  bool size_only = false;   ///< times do not count
  bool checksum = false;    ///< contents count and times do not: Action::compare where sizes are the same
  bool update = false;      ///< a target that is newer is left alone, whatever its size
  bool no_clobber = false;  ///< whatever exists is left alone
};

Step judge(const Comparison&, Entry source, const std::optional<Entry>& target);

}  // namespace sluice::bulk
