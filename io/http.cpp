// Header maps, request targets and range headers: the parts of HTTP that need no network.
#include "io/http.h"

#include <algorithm>
#include <charconv>

#include "io/percent.h"

namespace sluice::io {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// A whole decimal number, digits only.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

void Headers::set(std::string_view name, std::string value) {
  const auto same = [name](const Field& f) { return equal_ignoring_case(f.first, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), same);
  if (first == fields_.end()) {
    add(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const Field& f) { return equal_ignoring_case(f.first, name); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (equal_ignoring_case(field, name)) return &value;
  return nullptr;
}

const std::string* Headers::find(std::string_view prefix, std::string_view rest) const {
  for (const auto& [field, value] : fields_) {
    if (field.size() != prefix.size() + rest.size()) continue;
    const std::string_view name = field;
    if (equal_ignoring_case(name.substr(prefix.size()), rest) &&
        equal_ignoring_case(name.substr(0, prefix.size()), prefix))
      return &value;
  }
  return nullptr;
}

std::string Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value ? *value : std::string();
}

const std::string* find_query(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

std::string Request::target() const {
  const std::string base = path.empty() ? "/" : path;
  return query.empty() ? base : base + "?" + format_query(query);
}

std::string Request::url() const {
  return (tls ? "https://" : "http://") + host + target();
}

std::string range_header(const ByteRange& range) {
  std::string text = "bytes=" + std::to_string(range.first) + "-";
  if (range.last) text += std::to_string(*range.last);
  return text;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  text = trim(text);
  if (text.size() < 6 || !equal_ignoring_case(text.substr(0, 5), "bytes")) return {};
  text = trim(text.substr(5));
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == text.npos || slash == text.npos || dash > slash) return {};
  const auto first = parse_number(trim(text.substr(0, dash)));
  const auto last = parse_number(trim(text.substr(dash + 1, slash - dash - 1)));
  const auto total_text = trim(text.substr(slash + 1));
  if (!first || !last || *last < *first) return {};
  ContentRange range{*first, *last, {}};
  if (total_text == "*") return range;
  range.total = parse_number(total_text);
  if (!range.total || *range.total <= *last) return {};
  return range;
}

}  // namespace sluice::io
