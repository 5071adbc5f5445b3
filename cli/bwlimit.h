// Bandwidth limits as people write them: a rate, one for each way, or a timetable of the week.
//
//   10M                                  both ways, bytes a second
//   1M:off                               up, down
//   08:00,512K 19:00,off                 every day
//   Mon-08:00,512K:2M Fri-18:00,off      days by their English names
//
// An entry holds until the next one, round the week; one of a day goes before one of every day. A bare number
// is refused: it is KiB, MB or MiB elsewhere. Times are local ones. Pure, but for the zone's rules.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sluice/result.h"

namespace sluice::cli {

/// Bytes a second; 0 = no limit.
struct Rates {
  std::uint64_t up = 0, down = 0;
  bool operator==(const Rates&) const = default;
};

struct Timetable {
  struct Change {
    int minute = 0;  ///< of the week, which begins on Sunday at 00:00
    Rates rates;     ///< from then on
    bool operator==(const Change&) const = default;
  };
  std::vector<Change> changes;  ///< by minute; none: there is no limit
  bool operator==(const Timetable&) const = default;
};

Result<Timetable> parse_bwlimit(std::string_view text);

struct RatesNow {
  Rates rates;
  std::optional<std::chrono::system_clock::time_point> until;  ///< later than now; empty: they stay
};
RatesNow rates_at(const Timetable&, std::chrono::system_clock::time_point now);

/// Requests a second, "20" or "0.5"; "off" and "0" are 0: no limit.
Result<double> parse_tpslimit(std::string_view text);

}  // namespace sluice::cli
