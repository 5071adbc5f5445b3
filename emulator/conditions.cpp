// Conditions and ranges of reads and copies (RFC 9110, and where a vendor differs its RangeRule).
#include <charconv>

#include "emulator/dialects/parts.h"
#include "emulator/operations.h"
#include "io/time_text.h"

namespace sluice::emulator {
namespace {

// "a", "b" or *; quotes and case are no part of the comparison.
bool names_etag(std::string_view list, const std::string& etag) {
  const std::string own = bare_etag(etag);
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto one = list.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one == "*" || bare_etag(one) == own) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

struct Conditional {
  std::string match, none_match, modified_since, unmodified_since;
};

enum class Verdict { holds, failed, unchanged };

Verdict judge(const Conditional& wanted, const ObjectInfo& info) {
  const auto modified = std::chrono::floor<std::chrono::seconds>(time_of(info.modified));
  if (!wanted.match.empty()) {
    if (!names_etag(wanted.match, info.etag)) return Verdict::failed;
  } else if (const auto limit = io::parse_http_date(wanted.unmodified_since); limit && modified > *limit) {
    return Verdict::failed;
  }
  if (!wanted.none_match.empty()) {
    if (names_etag(wanted.none_match, info.etag)) return Verdict::unchanged;
  } else if (const auto limit = io::parse_http_date(wanted.modified_since); limit && modified <= *limit) {
    return Verdict::unchanged;
  }
  return Verdict::holds;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

enum class RangeKind { whole, part, malformed, unsatisfiable };

RangeKind parse_range(std::string_view header, std::uint64_t size, Slice& slice) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeKind::malformed;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return RangeKind::malformed;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  if (dash == 0) {
    if (!last) return RangeKind::malformed;
    if (*last == 0 || size == 0) return RangeKind::unsatisfiable;
    const std::uint64_t count = std::min(*last, size);
    slice = {true, size - count, count};
    return RangeKind::part;
  }
  if (!first || (!last && dash + 1 != header.size())) return RangeKind::malformed;
  if (last && *last < *first) return RangeKind::malformed;
  if (*first >= size) return RangeKind::unsatisfiable;
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  slice = {true, *first, end - *first + 1};
  return RangeKind::part;
}

}  // namespace

Outcome<Done> check_read_conditions(const Call& call, const ObjectInfo& info) {
  const Conditional wanted{call.header("If-Match"), call.header("If-None-Match"),
                           call.header("If-Modified-Since"), call.header("If-Unmodified-Since")};
  switch (judge(wanted, info)) {
    case Verdict::holds:
      return Done{};
    case Verdict::failed:
      return Failure{Trouble::precondition_failed,
                     {},
                     {{"Condition", wanted.match.empty() ? "If-Unmodified-Since" : "If-Match"}},
                     {}};
    case Verdict::unchanged:
      break;
  }
  return Failure{Trouble::not_modified,
                 {},
                 {},
                 {{"ETag", quoted_etag(*call.dialect, info.etag)},
                  {"Last-Modified", http_time(time_of(info.modified))}}};
}

Outcome<Done> check_copy_conditions(const Call& call, const ObjectInfo& source) {
  const std::string prefix(call.dialect->words.copy_if);
  const Conditional wanted{call.vendor(prefix + "match"), call.vendor(prefix + "none-match"),
                           call.vendor(prefix + "modified-since"), call.vendor(prefix + "unmodified-since")};
  if (judge(wanted, source) == Verdict::holds) return Done{};
  return Failure{Trouble::precondition_failed, {}, {}, {}};
}

Outcome<Slice> requested_slice(const Call& call, std::uint64_t size) {
  Slice slice{false, 0, size};
  const std::string header = call.header("Range");
  if (header.empty()) return slice;
  const RangeKind kind = parse_range(header, size, slice);
  if (kind == RangeKind::part) return slice;
  const RangeRule rule = call.dialect->rules.ranges;
  const bool lenient = rule == RangeRule::ignore_all && call.vendor("range-behavior") != "standard";
  if (lenient || (kind == RangeKind::malformed && rule != RangeRule::refuse)) return slice;
  return Failure{Trouble::invalid_range,
                 {},
                 {{"RangeRequested", header}, {"ActualObjectSize", std::to_string(size)}},
                 {{"Content-Range", "bytes */" + std::to_string(size)}}};
}

}  // namespace sluice::emulator
