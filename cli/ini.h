// INI files as the vendors' tools write them: [section], key = value, comments of '#' and ';'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

struct IniEntry {
  std::string section;  ///< "" before the first
  std::string key;
  std::string value;
  int line = 0;
};

/// In the file's order. Lines of a nested block (indented, below a key without a value) are left out, and
/// so is what is neither.
std::vector<IniEntry> read_ini(std::string_view text);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);
std::string lower_case(std::string_view text);

}  // namespace sluice::cli
