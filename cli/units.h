// Sizes, counts and times as people write them on the command line and read them on a terminal.
//
// Pure functions. A text that breaks a rule is an `argument` error that says the rule; the caller
// adds which option or which line of the configuration it came from.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

/// "8M", "512K", "1G", "2T", "100B"; binary; a bare number is MiB.
Result<std::uint64_t> parse_size(std::string_view text, std::uint64_t least, std::uint64_t most);
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);
/// "90", "90s", "15m", "2h", "7d"; a bare number is seconds.
Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds least,
                                            std::chrono::seconds most);

/// An age before `now` ("7d", as parse_duration, with its unit), a date ("2026-11-03", its beginning) or a
/// time
/// ("2026-11-03T12:00:00Z", also with an offset).
Result<TimePoint> parse_moment(std::string_view text, TimePoint now);

std::string format_bytes(double bytes);                ///< "1.25 GiB"
std::string format_size_exactly(std::uint64_t bytes);  ///< "8M", "100K", "12345B"
std::string format_duration(std::chrono::seconds);     ///< "1:05", "2:03:04"
std::string format_time(TimePoint);                    ///< "2026-11-03T12:00:00Z"

/// Control characters become \xNN, so that a key cannot play with the terminal or add lines.
std::string printable(std::string_view text);
/// Bytes of the control character at `at`, U+0080 to U+009F among them; 0 when there is none.
std::size_t control_at(std::string_view text, std::size_t at);
/// \xNN for every byte.
std::string hex_escaped(std::string_view text);

}  // namespace sluice::cli
