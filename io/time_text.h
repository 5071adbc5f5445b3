// The date texts of HTTP and of the five dialects, both ways, always UTC, never through a locale.
// Parsers take exactly the form they name and answer nothing for anything else.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::io {

using Seconds = std::chrono::sys_seconds;
using Millis = std::chrono::sys_time<std::chrono::milliseconds>;

std::string http_date(Seconds);       ///< "Tue, 15 Nov 1994 08:12:31 GMT"
std::string basic_time(Seconds);      ///< "19941115T081231Z"
std::string basic_date(Seconds);      ///< "19941115"
std::string iso_time(Seconds);        ///< "1994-11-15T08:12:31Z"
std::string iso_time_millis(Millis);  ///< "1994-11-15T08:12:31.000Z"

/// iso_time() without the allocation, for those who print millions.
std::array<char, 20> iso_time_chars(Seconds);

/// The one form above, and the two older ones that RFC 9110 asks a receiver to take. "UTC" and
/// "+0000" pass for "GMT": clients send them.
std::optional<Seconds> parse_http_date(std::string_view);
std::optional<Seconds> parse_basic_time(std::string_view);
/// With or without a fraction, cut to milliseconds; 'Z' or an offset "+08:00".
std::optional<Millis> parse_iso_time(std::string_view);

}  // namespace sluice::io
