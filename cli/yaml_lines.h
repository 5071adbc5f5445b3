// The YAML that the vendors' tools write into their configuration: "key: value" a line, nested by
// indentation, in lists of such. No anchors, no flow style, no text over several lines: nobody writes such
// there by hand or by tool, and what is not understood is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

struct YamlEntry {
  std::string path;  ///< "cos.base.secretid", in lower case; a list's items share one: "cos.buckets.name"
  std::string value;
  int line = 0;
};

std::vector<YamlEntry> read_yaml_lines(std::string_view text);

}  // namespace sluice::cli
