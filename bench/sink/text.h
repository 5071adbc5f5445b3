// The encodings of S3's requests and answers, and times.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace sink {

inline constexpr std::string_view kModified = "Thu, 01 Jan 2026 00:00:00 GMT";
inline constexpr std::string_view kModifiedIso = "2026-01-01T00:00:00.000Z";

/// 0 to 15; -1 = no hexadecimal digit.
int hex_digit(char c);
std::string hex(std::string_view bytes);

std::string percent_decoded(std::string_view text, bool plus_is_space);
std::string percent_encoded(std::string_view text);
std::string xml_escaped(std::string_view text);
std::string xml_unescaped(std::string_view text);
std::string base64_decoded(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string http_date(std::time_t time);

/// A key that may become a path below a directory.
bool safe_key(std::string_view key);

}  // namespace sink
