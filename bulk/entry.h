// Entry: one thing of a side of a job, an object below a prefix or a file below a directory.
#pragma once

#include <string>

#include "sluice/types.h"

namespace sluice::bulk {

struct Entry {
  std::string name;  ///< relative to the side, with '/'; what both sides are compared by
  ObjectInfo info;   ///< as it was listed; of a file: size and modified
};

}  // namespace sluice::bulk
