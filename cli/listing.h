// How the objects of a store are shown, for ls and stat.
#pragma once

#include <string>

#include "cli/json_line.h"
#include "sluice/types.h"

namespace sluice::cli {

/// One line; control characters of the key are hidden when `terminal`.
std::string object_row(const ObjectInfo&, bool terminal);
std::string prefix_row(const std::string& prefix, bool terminal);
std::string bucket_row(const BucketInfo&, bool terminal);
JsonLine object_json(const ObjectInfo&);

}  // namespace sluice::cli
