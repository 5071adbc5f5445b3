// Names to numbers and back: synthetic.h.
#include "bench/sink/synthetic.h"

#include <cstdio>

namespace sink {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty()) return {};
  int shift = 0;
  if (text.back() == 'k') shift = 10;
  if (text.back() == 'm') shift = 20;
  if (text.back() == 'g') shift = 30;
  if (shift != 0) text.remove_suffix(1);
  if (text.empty() || text.size() > 18) return {};
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value << shift;
}

/// Takes the number up to the next '-' off `text`.
std::optional<std::uint64_t> next_number(std::string_view& text) {
  const std::size_t dash = text.find('-');
  const auto number = parse_number(text.substr(0, dash));
  text.remove_prefix(dash == std::string_view::npos ? text.size() : dash + 1);
  return number;
}

}  // namespace

std::optional<Synthetic> Synthetic::parse(std::string_view bucket) {
  const bool tree = bucket.starts_with("tree-");
  if (!tree && !bucket.starts_with("many-")) return {};
  bucket.remove_prefix(5);
  const auto count = next_number(bucket), size = next_number(bucket);
  if (!count || !size) return {};
  Synthetic made{*count, *size, 0};
  if (tree) {
    const auto per_directory = next_number(bucket);
    if (!per_directory || *per_directory == 0) return {};
    made.per_directory = *per_directory;
  }
  if (!bucket.empty()) return {};
  return made;
}

std::string Synthetic::key(std::uint64_t index) const {
  char text[48];
  const auto number = static_cast<unsigned long long>(index);
  const int length = per_directory != 0 ? std::snprintf(text, sizeof text, "d%07llu/k%010llu",
                                                        number / per_directory, number)
                                        : std::snprintf(text, sizeof text, "k%010llu", number);
  return std::string(text, static_cast<std::size_t>(length));
}

std::optional<std::uint64_t> Synthetic::index(std::string_view text) const {
  const std::size_t at = text.rfind('k');
  if (at == std::string_view::npos) return {};
  const auto number = parse_number(text.substr(at + 1));
  if (!number || *number >= count || key(*number) != text) return {};
  return number;
}

std::uint64_t Synthetic::lower_bound(std::string_view text) const {
  std::uint64_t low = 0, high = count;
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    if (key(middle) < text)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace sink
