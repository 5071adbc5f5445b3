#include "cli/yaml_lines.h"

#include <algorithm>

#include "cli/ini.h"

namespace sluice::cli {
namespace {

struct Level {
  std::size_t indent;
  std::string name;
};

/// Without its quotes; a plain one ends where a comment begins.
std::string scalar(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '\'') {
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\'') {
        if (i + 1 >= text.size() || text[i + 1] != '\'') break;
        ++i;
      }
      out += text[i];
    }
    return out;
  }
  if (text.size() >= 2 && text.front() == '"') {
    std::string out;
    for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
    return out;
  }
  const std::size_t comment = text.starts_with('#') ? 0 : text.find(" #");
  return std::string(trimmed(text.substr(0, comment)));
}

}  // namespace

std::vector<YamlEntry> read_yaml_lines(std::string_view text) {
  std::vector<YamlEntry> entries;
  std::vector<Level> open;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(indent);
    const bool item = line.starts_with("- ");
    if (item) {
      const std::size_t inner = std::min(line.find_first_not_of(' ', 1), line.size());
      line.remove_prefix(inner);
      indent += inner;
    }
    line = trimmed(line);
    const std::size_t colon = line.find(':');
    const bool is_pair =
        colon != std::string_view::npos && (colon + 1 == line.size() || line[colon + 1] == ' ');
    if (line.empty() || line.front() == '#' || !is_pair) continue;
    while (!open.empty() && open.back().indent >= indent) open.pop_back();
    std::string path;
    for (const Level& level : open) path += level.name + ".";
    const std::string name = lower_case(scalar(line.substr(0, colon)));
    const std::string value = scalar(line.substr(colon + 1));
    if (value.empty())
      open.push_back({indent, name});
    else
      entries.push_back({path + name, value, number});
  }
  return entries;
}

}  // namespace sluice::cli
