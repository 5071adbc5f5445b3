// How the objects of a store are shown, for ls and stat.
#pragma once

#include <string>

#include "cli/json_line.h"
#include "sluice/types.h"

namespace sluice::cli {

struct RowStyle {
  bool terminal = false;  ///< control characters of names are hidden
  bool owner = false;     ///< a column before the key
};

/// One line.
void append_object_row(std::string& out, const ObjectInfo&, RowStyle);
void append_prefix_row(std::string& out, const std::string& prefix, RowStyle);
std::string bucket_row(const BucketInfo&, bool terminal);
/// `event`: what it is an event of, docs/events.md.
JsonLine object_json(const char* event, const ObjectInfo&);

}  // namespace sluice::cli
