// Rates and timetables: bwlimit.h says the rules.
#include "cli/bwlimit.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ctime>
#include <map>
#include <string>

#include <fmt/format.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

using std::chrono::system_clock;

constexpr int kDay = 24 * 60, kWeek = 7;
constexpr std::uint64_t kLeast = 1ull << 10, kMost = 1ull << 40;
constexpr std::array<std::string_view, kWeek> kDays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::uint64_t> parse_rate(std::string_view text) {
  if (text == "off" || text == "0") return 0;
  if (is_number(text))
    return fail(ErrorKind::argument,
                fmt::format("\"{0}\" has no unit, and tools disagree on what it means: write {0}K or {0}M, "
                            "which are KiB or MiB a second",
                            printable(text)));
  const Result<std::uint64_t> rate = parse_size(text, kLeast, kMost);
  if (rate) return rate;
  return fail(ErrorKind::argument,
              fmt::format("\"{}\" is no rate: off, or a whole number with K, M or G, from {} to {} a second",
                          printable(text), format_size_exactly(kLeast), format_size_exactly(kMost)));
}

Result<Rates> parse_rates(std::string_view text) {
  const std::size_t colon = text.find(':');
  const Result<std::uint64_t> up = parse_rate(text.substr(0, colon));
  if (!up) return unexpected(up.error());
  const Result<std::uint64_t> down =
      colon == std::string_view::npos ? up : parse_rate(text.substr(colon + 1));
  if (!down) return unexpected(down.error());
  return Rates{*up, *down};
}

/// "Mon", "monday" -> 1.
std::optional<int> day_of(std::string_view text) {
  std::string word(text);
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (std::size_t i = 0; i < kDays.size(); ++i)
    if (word == kDays[i] || word == kDays[i].substr(0, 3)) return static_cast<int>(i);
  return {};
}

/// "08:30" -> 510.
std::optional<int> minute_of(std::string_view text) {
  constexpr std::size_t kWhole = 5;
  if (text.size() != kWhole || text[2] != ':' || !is_number(text.substr(0, 2)) || !is_number(text.substr(3)))
    return {};
  const int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
  if (hour > 23 || minute > 59) return {};
  return hour * 60 + minute;
}

struct Entry {
  Rates rates;
  bool of_a_day = false;
};
using Entries = std::map<int, Entry>;  // by minute of the week

Result<void> take(Entries& entries, std::string_view text) {
  const std::size_t comma = text.find(',');
  std::string_view when = text.substr(0, comma);
  std::optional<int> day, minute;
  const std::size_t dash = when.find('-');
  if (dash != std::string_view::npos) {
    day = day_of(when.substr(0, dash));
    when.remove_prefix(dash + 1);
  }
  minute = minute_of(when);
  if (comma == std::string_view::npos || !minute || (dash != std::string_view::npos && !day))
    return fail(
        ErrorKind::argument,
        fmt::format("\"{}\" is no entry of a timetable: 08:00,512K or Mon-08:00,512K", printable(text)));
  const Result<Rates> rates = parse_rates(text.substr(comma + 1));
  if (!rates) return unexpected(rates.error());
  for (int each = 0; each < kWeek; ++each) {
    if (day && *day != each) continue;
    const auto [there, fresh] = entries.try_emplace(each * kDay + *minute, Entry{*rates, day.has_value()});
    if (!fresh && there->second.of_a_day == day.has_value())
      return fail(ErrorKind::argument,
                  fmt::format("\"{}\" is the second entry of that time", printable(text)));
    if (!fresh && day) there->second = {*rates, true};
  }
  return {};
}

}  // namespace

Result<Timetable> parse_bwlimit(std::string_view text) {
  Timetable table;
  if (text.find(',') == std::string_view::npos) {
    const Result<Rates> rates = parse_rates(text);
    if (!rates) return unexpected(rates.error());
    if (*rates != Rates()) table.changes.push_back({0, *rates});
    return table;
  }
  Entries entries;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    if (end > from)
      if (Result<void> fine = take(entries, text.substr(from, end - from)); !fine)
        return unexpected(fine.error());
    from = end + 1;
  }
  for (const auto& [minute, entry] : entries)
    if (table.changes.empty() || table.changes.back().rates != entry.rates)
      table.changes.push_back({minute, entry.rates});
  return table;
}

RatesNow rates_at(const Timetable& table, system_clock::time_point now) {
  if (table.changes.empty()) return {};
  const std::time_t seconds = system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const int minute = local.tm_wday * kDay + local.tm_hour * 60 + local.tm_min;
  const auto first = table.changes.begin(), end = table.changes.end();
  auto next =
      std::upper_bound(first, end, minute, [](int m, const auto& change) { return m < change.minute; });
  RatesNow found{next == first ? table.changes.back().rates : std::prev(next)->rates, {}};
  if (table.changes.size() == 1) return found;

  std::tm then = local;
  if (next == end) {
    next = first;
    then.tm_mday += kWeek;
  }
  then.tm_mday += next->minute / kDay - local.tm_wday;
  then.tm_hour = next->minute % kDay / 60;
  then.tm_min = next->minute % 60;
  then.tm_sec = 0;
  then.tm_isdst = -1;
  found.until = system_clock::from_time_t(std::mktime(&then));
  // An hour that comes twice: the first of them was meant, and this is the second.
  if (*found.until <= now) *found.until += std::chrono::hours(1);
  return found;
}

Result<double> parse_tpslimit(std::string_view text) {
  constexpr double kFewest = 0.001, kMostRequests = 1e6;
  if (text == "off" || text == "0") return 0.0;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(number >= kFewest && number <= kMostRequests))
    return fail(
        ErrorKind::argument,
        fmt::format("\"{}\" is no number of requests a second: off, or 0.001 to 1000000", printable(text)));
  return number;
}

}  // namespace sluice::cli
