// Sizes, counts and times as text: units.h says the rules.
#include "cli/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "io/time_text.h"

namespace sluice::cli {
namespace {

/// The digits at the front of `text`; what follows them is left in `text`.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data()) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<unsigned> size_shift(std::string_view suffix) {
  if (suffix.empty()) return 20;
  if (suffix == "b" || suffix == "B") return 0;
  const std::string_view after = suffix.substr(1);
  if (!after.empty() && after != "iB" && after != "ib") return {};
  switch (suffix.front()) {
    case 'k':
    case 'K':
      return 10;
    case 'm':
    case 'M':
      return 20;
    case 'g':
    case 'G':
      return 30;
    case 't':
    case 'T':
      return 40;
    default:
      return {};
  }
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text, std::uint64_t least, std::uint64_t most) {
  const std::string rule =
      fmt::format("from {} to {}", format_size_exactly(least), format_size_exactly(most));
  std::string_view rest = text;
  const auto number = take_digits(rest);
  const auto shift = size_shift(rest);
  if (!number || !shift)
    return fail(ErrorKind::argument,
                fmt::format("\"{}\" is no size: a whole number with K, M, G or T, {} (a bare number is MiB)",
                            printable(text), rule));
  const bool fits = *number <= (std::numeric_limits<std::uint64_t>::max() >> *shift);
  const std::uint64_t bytes = fits ? *number << *shift : 0;
  if (!fits || bytes < least || bytes > most)
    return fail(ErrorKind::argument,
                fmt::format("\"{}\" is outside the range {} (a bare number is MiB)", printable(text), rule));
  return bytes;
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::string_view rest = text;
  const auto number = take_digits(rest);
  if (!number || !rest.empty() || *number < least || *number > most)
    return fail(ErrorKind::argument,
                fmt::format("\"{}\" is no whole number from {} to {}", printable(text), least, most));
  return *number;
}

Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds least,
                                            std::chrono::seconds most) {
  std::string_view rest = text;
  const auto number = take_digits(rest);
  std::uint64_t unit = 0;
  if (rest.empty() || rest == "s") unit = 1;
  if (rest == "m") unit = 60;
  if (rest == "h") unit = 3600;
  if (rest == "d") unit = 86400;
  const auto low = static_cast<std::uint64_t>(least.count()), high = static_cast<std::uint64_t>(most.count());
  if (!number || unit == 0 || *number > high / unit || *number * unit < low)
    return fail(ErrorKind::argument,
                fmt::format("\"{}\" is no time from {} to {} seconds (a number, or one with s, m, h or d)",
                            printable(text), low, high));
  return std::chrono::seconds(*number * unit);
}

Result<TimePoint> parse_moment(std::string_view text, TimePoint now) {
  constexpr auto kAges = std::chrono::hours(24 * 36500);
  // Without its unit it may be meant as a date: 20261103.
  const bool has_unit = !text.empty() && (text.back() < '0' || text.back() > '9');
  if (const auto age = parse_duration(text, std::chrono::seconds(0), kAges); age && has_unit)
    return now - *age;
  constexpr std::size_t kDate = 10;
  const std::string whole = std::string(text) + (text.size() == kDate ? "T00:00:00Z" : "");
  if (const auto time = io::parse_iso_time(whole)) return *time;
  return fail(ErrorKind::argument,
              fmt::format("\"{}\" is no time: an age (90s, 15m, 2h, 7d) or a date (2026-11-03, "
                          "2026-11-03T12:00:00Z)",
                          printable(text)));
}

std::string format_bytes(double bytes) {
  static constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f} B", bytes);
  return fmt::format("{:.{}f} {}", bytes, bytes < 10 ? 2 : bytes < 100 ? 1 : 0, units[unit]);
}

std::string format_size_exactly(std::uint64_t bytes) {
  static constexpr std::string_view units = "BKMGT";
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, units[unit]);
}

std::string format_duration(std::chrono::seconds time) {
  const auto all = time.count();
  if (all >= 3600) return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
  return fmt::format("{}:{:02}", all / 60, all % 60);
}

std::string format_time(TimePoint time) {
  return io::iso_time(std::chrono::floor<std::chrono::seconds>(time));
}

std::size_t control_at(std::string_view text, std::size_t at) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(at) < 0x20 || byte(at) == 0x7f) return 1;
  const bool c1 = byte(at) == 0xc2 && at + 1 < text.size() && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0;
  return c1 ? 2 : 0;
}

std::string hex_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t control = control_at(text, i);
    const std::string_view piece = text.substr(i, std::max<std::size_t>(control, 1));
    out += control == 0 ? std::string(piece) : hex_escaped(piece);
    i += piece.size();
  }
  return out;
}

}  // namespace sluice::cli
