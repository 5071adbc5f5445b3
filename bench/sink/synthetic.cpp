// Names to numbers and back: synthetic.h.
#include "bench/sink/synthetic.h"

#include <algorithm>
#include <chrono>
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

struct Kind {
  std::string_view name;
  Synthetic::Keys keys;
  bool directories;
};
constexpr Kind kKinds[] = {{"many-", Synthetic::Keys::counter, false},
                           {"tree-", Synthetic::Keys::counter, true},
                           {"hash-", Synthetic::Keys::hash, false},
                           {"days-", Synthetic::Keys::day, true}};

/// Well mixed bits of a number.
std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
  return number ^ (number >> 31);
}

template <class... Numbers>
std::string print(const char* form, Numbers... numbers) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, form, static_cast<unsigned long long>(numbers)...);
  return std::string(text, static_cast<std::size_t>(length));
}

/// Each in a stretch of its own, so that they rise.
std::string hash_key(std::uint64_t index, std::uint64_t count) {
  const std::uint64_t stretch = ~0ull / count;
  const std::uint64_t number = index * stretch + mixed(index + 1) % stretch;
  return print("%016llx%016llx", number, mixed(number));
}

std::string day_key(std::uint64_t day, std::uint64_t number) {
  using namespace std::chrono;
  const year_month_day date{sys_days{year{2020} / January / 1} + days{static_cast<int>(day)}};
  return print("%04llu/%02llu/%02llu/%09llu", static_cast<int>(date.year()),
               static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), number);
}

}  // namespace

std::optional<Synthetic> Synthetic::parse(std::string_view bucket) {
  const auto kind = std::ranges::find_if(kKinds, [&](const Kind& k) { return bucket.starts_with(k.name); });
  if (kind == std::end(kKinds)) return {};
  bucket.remove_prefix(kind->name.size());
  const auto count = next_number(bucket), size = next_number(bucket);
  if (!count || !size) return {};
  Synthetic made{*count, *size, 0, kind->keys};
  if (kind->directories) {
    const auto per_directory = next_number(bucket);
    if (!per_directory || *per_directory == 0) return {};
    made.per_directory = *per_directory;
  }
  if (!bucket.empty()) return {};
  return made;
}

std::string Synthetic::key(std::uint64_t index) const {
  if (keys == Keys::hash) return hash_key(index, count);
  if (keys == Keys::day) return day_key(index / per_directory, index % per_directory);
  return per_directory != 0 ? print("d%07llu/k%010llu", index / per_directory, index)
                            : print("k%010llu", index);
}

std::optional<std::uint64_t> Synthetic::index(std::string_view text) const {
  if (keys != Keys::counter) {
    const std::uint64_t number = lower_bound(text);
    if (number >= count || key(number) != text) return {};
    return number;
  }
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
