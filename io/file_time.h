// A file's time of modification, set to another thing's. May block.
#pragma once

#include <string>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::io {

/// Of an open file; `path` is for the error. The time of access stays.
Result<void> set_modified(int fd, const std::string& path, TimePoint time);

}  // namespace sluice::io
