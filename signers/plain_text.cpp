// Lines of headers and lists of sub-resources, for OSS V1 and QingStor.
#include "signers/plain_text.h"

#include <algorithm>
#include <vector>

namespace sluice::signers {

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string prefixed_header_lines(const io::Headers& headers, std::string_view lower_prefix) {
  std::vector<std::pair<std::string, std::string_view>> fields;
  for (const auto& [name, value] : headers)
    if (io::equal_ignoring_case(std::string_view(name).substr(0, lower_prefix.size()), lower_prefix))
      fields.emplace_back(io::lower_case(name), trim_blanks(value));
  std::stable_sort(fields.begin(), fields.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string lines;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0 && fields[i - 1].first == fields[i].first)
      lines.back() = ',';
    else
      lines.append(fields[i].first).append(":");
    lines.append(fields[i].second).append("\n");
  }
  return lines;
}

std::string sub_resources(const io::Query& query, std::span<const std::string_view> signed_names) {
  std::vector<const std::pair<std::string, std::string>*> chosen;
  for (const auto& pair : query)
    if (std::binary_search(signed_names.begin(), signed_names.end(), std::string_view(pair.first)))
      chosen.push_back(&pair);
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const auto* a, const auto* b) { return a->first < b->first; });
  std::string text;
  for (const auto* pair : chosen) {
    text.append(text.empty() ? "?" : "&").append(pair->first);
    if (!pair->second.empty()) text.append("=").append(pair->second);
  }
  return text;
}

}  // namespace sluice::signers
