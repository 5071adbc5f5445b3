// Reading vector files, and how the kinds of records report.
#pragma once

#include <simdjson.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::signers::vectors {

using Json = simdjson::dom::element;

/// What a record got wrong; empty when it passed.
using Problems = std::vector<std::string>;

/// Absent and null are empty.
std::optional<Json> find(Json record, std::string_view field);
/// Throws when it is absent: the runner makes that a failure of the record.
Json need(Json record, std::string_view field);
std::string text(Json record, std::string_view field);
std::int64_t number(Json record, std::string_view field, std::int64_t otherwise = 0);

/// Notes a difference in `problems`.
void compare(Problems& problems, std::string_view what, std::string_view expected, std::string_view got);

// One function a kind of record.
Problems check_signing(Json record);  ///< header and query forms of every family
Problems check_sigv4_chunked(Json record);
Problems check_tos_chunked(Json record);
Problems check_crc64(Json record);
/// `section` of checksums.json.
Problems check_checksums(std::string_view section, Json record);

}  // namespace sluice::signers::vectors
