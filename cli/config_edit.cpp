#include "cli/config_edit.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "cli/ini.h"
#include "cli/json_line.h"

namespace sluice::cli {
namespace {

using Lines = std::vector<std::string>;

Lines split(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string join(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// A name with a dot in it needs quotes.
std::string header(const std::string& name) {
  return name.find('.') == std::string::npos ? "[profiles." + name + "]" : "[profiles.\"" + name + "\"]";
}

/// JSON's escapes are TOML's as well.
std::string assignment(const std::string& key, const std::string& value) {
  return key + " = " + json_string(value);
}

/// Index of the profile's header, or the number of lines.
std::size_t find_header(const Lines& lines, const std::string& name) {
  std::size_t at = 0;
  for (; at < lines.size(); ++at) {
    std::string line(trimmed(lines[at]));
    if (!line.starts_with('[')) continue;
    line.resize(std::min(line.find(']') + 1, line.size()));
    std::erase(line, ' ');
    std::erase(line, '"');
    if (line == "[profiles." + name + "]") break;
  }
  return at;
}

void append(Lines& lines, const std::string& name, const ConfigTable& values) {
  if (!lines.empty() && !trimmed(lines.back()).empty()) lines.emplace_back();
  lines.push_back(header(name));
  for (const auto& [key, value] : values) lines.push_back(assignment(key, value.text));
}

bool same(const ConfigTable& a, const ConfigTable& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.text == y.second.text;
  });
}

/// Whatever the edit made of it: it must say what was meant, and nothing else.
Result<std::string> checked(const Config& before, const Lines& lines, const std::string& name,
                            const ConfigTable& wanted) {
  std::string text = join(lines);
  const Result<Config> after = parse_config(text, before.file);
  if (!after) return unexpected(after.error());
  auto profiles = before.profiles;
  profiles[name] = wanted;
  const bool as_meant =
      same(before.defaults, after->defaults) &&
      std::equal(profiles.begin(), profiles.end(), after->profiles.begin(), after->profiles.end(),
                 [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
  if (!as_meant)
    return fail(
        ErrorKind::config,
        fmt::format("{}: profile {} is written in a way that only its author can change", before.file, name));
  return text;
}

}  // namespace

bool is_profile_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

Result<std::string> with_profile(const std::string& text, const std::string& file, const std::string& name,
                                 const ConfigTable& values) {
  const Result<Config> before = parse_config(text, file);
  if (!before) return unexpected(before.error());
  Lines lines = split(text);
  const std::size_t begin = find_header(lines, name);
  if (begin < lines.size()) {
    std::size_t end = begin + 1;
    while (end < lines.size() && !trimmed(lines[end]).starts_with('[')) ++end;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                lines.begin() + static_cast<std::ptrdiff_t>(end));
  }
  append(lines, name, values);
  return checked(*before, lines, name, values);
}

Result<std::string> with_setting(const std::string& text, const std::string& file, const std::string& name,
                                 const std::string& key, const std::string& value) {
  const Result<Config> before = parse_config(text, file);
  if (!before) return unexpected(before.error());
  Lines lines = split(text);
  const auto profile = before->profiles.find(name);
  ConfigTable values = profile == before->profiles.end() ? ConfigTable() : profile->second;
  const auto old = values.find(key);
  const std::size_t begin = find_header(lines, name);
  if (profile == before->profiles.end()) {
    append(lines, name, ConfigTable{{key, ConfigValue{value, 0}}});
  } else if (old != values.end()) {
    lines[static_cast<std::size_t>(old->second.line - 1)] = assignment(key, value);
  } else if (begin < lines.size()) {
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(begin + 1), assignment(key, value));
  }
  values[key] = {value, 0};
  return checked(*before, lines, name, values);
}

}  // namespace sluice::cli
