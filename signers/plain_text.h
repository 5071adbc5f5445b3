// Pieces of the texts that the older families sign: OSS V1 and QingStor put plain lines together,
// without encoding or hashing them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "io/http.h"

namespace sluice::signers {

/// Headers of that prefix as "name:value\n": lower-case names, sorted, outer blanks trimmed, repeated
/// fields joined by ','.
std::string prefixed_header_lines(const io::Headers&, std::string_view lower_prefix);

/// "?a&b=value" of the parameters named in `signed_names` (which is sorted); "" when there are none.
std::string sub_resources(const io::Query&, std::span<const std::string_view> signed_names);

std::string_view trim_blanks(std::string_view text);

}  // namespace sluice::signers
