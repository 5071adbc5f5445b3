// JSON text: json_line.h.
#include "cli/json_line.h"

#include <cmath>

#include <fmt/format.h>

namespace sluice::cli {
namespace {

/// Length of the valid UTF-8 sequence at the front of `text`; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0)
      out += "\\ufffd";
    else if (byte == '"' || byte == '\\')
      (out += '\\') += text.front();
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\u{:04x}", byte);
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out += '"';
}

JsonLine& JsonLine::raw(std::string_view name, std::string_view value) {
  if (!fields_.empty()) fields_ += ',';
  fields_ += json_string(name);
  fields_ += ':';
  fields_ += value;
  return *this;
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  return raw(name, json_string(value));
}
JsonLine& JsonLine::number(std::string_view name, std::uint64_t value) {
  return raw(name, fmt::to_string(value));
}
JsonLine& JsonLine::decimal(std::string_view name, double value) {
  return raw(name, std::isfinite(value) ? fmt::format("{:.3f}", value) : "null");
}
JsonLine& JsonLine::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}
JsonLine& JsonLine::nothing(std::string_view name) {
  return raw(name, "null");
}

JsonLine& JsonLine::numbers(std::string_view name, const std::vector<std::uint64_t>& values) {
  return raw(name, fmt::format("[{}]", fmt::join(values, ",")));
}

JsonLine& JsonLine::texts(std::string_view name, const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ",") + json_string(value);
  return raw(name, "[" + list + "]");
}

JsonLine& JsonLine::objects(std::string_view name, const std::vector<JsonLine>& values) {
  std::string list;
  for (const JsonLine& value : values) list += (list.empty() ? "" : ",") + value.braced();
  return raw(name, "[" + list + "]");
}

}  // namespace sluice::cli
