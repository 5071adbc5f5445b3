#include "bulk/removal_limit.h"

#include <charconv>

#include <fmt/format.h>

namespace sluice::bulk {

Result<RemovalLimit> RemovalLimit::parse(std::string_view text) {
  RemovalLimit limit;
  const bool percent = text.ends_with('%');
  std::string_view digits = text;
  if (percent) digits.remove_suffix(1);
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || failed != std::errc() || end != digits.data() + digits.size() ||
      (percent && number > 100))
    return fail(ErrorKind::argument, fmt::format("\"{}\" is neither a number nor 0% to 100%", text));
  if (percent)
    limit.share = static_cast<double>(number) / 100;
  else
    limit.most = number;
  return limit;
}

bool RemovalLimit::allows(std::uint64_t removals, std::uint64_t of) const {
  if (most) return removals <= *most;
  return static_cast<double>(removals) <= share * static_cast<double>(of);
}

std::string RemovalLimit::text() const {
  return most ? fmt::format("{}", *most) : fmt::format("{:.0f}%", share * 100);
}

}  // namespace sluice::bulk
