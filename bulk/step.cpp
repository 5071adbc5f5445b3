#include "bulk/step.h"

#include <array>

namespace sluice::bulk {

std::string_view word(Why why) {
  static constexpr std::array<std::string_view, 8> kWords{"missing", "size", "newer", "checksum",
                                                          "extra",   "same", "older", "exists"};
  return kWords[static_cast<std::size_t>(why)];
}

std::string_view word(Action action) {
  static constexpr std::array<std::string_view, 4> kWords{"copy", "delete", "leave", "compare"};
  return kWords[static_cast<std::size_t>(action)];
}

}  // namespace sluice::bulk
