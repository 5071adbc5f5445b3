// How a store's answers are shown: objects, buckets, what is said of one.
#pragma once

#include <string>
#include <string_view>

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
/// Adds what the store said of the request.
JsonLine& add_reply(JsonLine&, const Reply&);
/// A value under its name, as stat shows them; nothing when there is none.
void append_named(std::string& out, std::string_view name, std::string_view value, bool terminal);

}  // namespace sluice::cli
