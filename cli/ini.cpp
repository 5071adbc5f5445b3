#include "cli/ini.h"

#include <algorithm>
#include <cctype>

namespace sluice::cli {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::vector<IniEntry> read_ini(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<IniEntry> entries;
  std::string section;
  bool block_may_follow = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end), line = trimmed(whole);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const bool indented = whole.front() == ' ' || whole.front() == '\t';
    if (indented && block_may_follow) continue;
    block_may_follow = false;
    if (line.front() == '[') {
      section = trimmed(line.substr(1, line.find(']') - 1));
      continue;
    }
    const std::size_t sign = line.find('=');
    if (sign == std::string_view::npos) continue;
    const std::string_view value = trimmed(line.substr(sign + 1));
    block_may_follow = value.empty();
    entries.push_back({section, std::string(trimmed(line.substr(0, sign))), std::string(value), number});
  }
  return entries;
}

}  // namespace sluice::cli
