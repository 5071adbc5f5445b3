// Walking a table of (name, converter) over XML and JSON alike.
//
// A Node offers each(likely, f): its children by name, an array's elements each under the array's name;
// and text(): its own text, nothing when it has children. Unknown names are skipped; a known one whose
// text cannot be converted ends the walk with its name. `likely` is a guess at the next child's name,
// which f makes anew each time: a Node may hold it against the child before it looks further.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store.h"
#include "io/time_text.h"

namespace sluice::engine::codec {

template <class Node, class T>
struct Field {
  std::string_view name;
  bool (*take)(T& into, const Node& node);
};

/// A table with one more row.
template <class Row, std::size_t N>
struct Rows {
  Row rows[N];
};
template <class Row, std::size_t N>
constexpr Rows<Row, N + 1> with(const Row (&table)[N], Row more) {
  Rows<Row, N + 1> out{};
  for (std::size_t i = 0; i < N; ++i) out.rows[i] = table[i];
  out.rows[N] = more;
  return out;
}

/// The name of the field that could not be read; empty when all went well.
template <class Node, class T, std::size_t N>
std::string_view walk(const Node& parent, const Field<Node, T> (&table)[N], T& into, int* known = nullptr) {
  // Stores write fields in one order, the table's; what comes twice is a record, and comes again.
  std::size_t last = N, guess = 0;
  std::string_view failed, likely = table[0].name;
  const auto find = [&](std::string_view name) {
    if (table[guess].name == name) return guess;
    std::size_t at = 0;
    while (at < N && table[at].name != name) ++at;
    return at;
  };
  parent.each(likely, [&](std::string_view name, const Node& child) {
    const std::size_t at = name.data() == likely.data() ? guess : find(name);
    if (at == N) return true;
    guess = at == last || at + 1 == N ? at : at + 1;
    last = at;
    likely = table[guess].name;
    if (known) ++*known;
    if (table[at].take(into, child)) return true;
    failed = table[at].name;
    return false;
  });
  return failed;
}

// Converters: text into a member. False: this is not such a value.
inline bool to_text(std::string_view text, std::string& out) {
  out = text;
  return true;
}
template <class Int>
bool to_number(std::string_view text, Int& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}
/// Stores print an empty text, or a word, where they have no checksum.
inline bool to_crc(std::string_view text, std::optional<std::uint64_t>& out) {
  std::uint64_t value = 0;
  if (to_number(text, value)) out = value;
  return true;
}
inline bool to_flag(std::string_view text, std::optional<bool>& out) {
  if (text != "true" && text != "false") return false;
  out = text == "true";
  return true;
}
using Time = std::optional<std::chrono::sys_time<std::chrono::milliseconds>>;
/// Dates inform and decide nothing here: an odd one is left out.
inline bool to_time(std::string_view text, Time& out) {
  out = io::parse_iso_time(text);
  return true;
}
inline bool to_unix_time(std::string_view text, Time& out) {
  std::int64_t seconds = 0;
  if (!to_number(text, seconds)) return false;
  out = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::seconds(seconds));
  return true;
}

}  // namespace sluice::engine::codec
