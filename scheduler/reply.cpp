#include <algorithm>

#include "sluice/types.h"

namespace sluice {

std::string Reply::header(std::string_view name) const {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& field) {
    return std::equal(field.first.begin(), field.first.end(), name.begin(), name.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
  });
  return found == headers.end() ? std::string() : found->second;
}

}  // namespace sluice
