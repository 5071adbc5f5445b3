// RemovalLimit: how much of a target a job may delete before it thinks that something is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/result.h"

namespace sluice::bulk {

/// By itself no more than half of what the target has: a source that was mistyped, or is not mounted, has
/// little in common with its target.
struct RemovalLimit {
  std::optional<std::uint64_t> most{};  ///< names
  double share = 0.5;                   ///< of the target's names, where `most` is not set

  /// "1000", "10%".
  static Result<RemovalLimit> parse(std::string_view text);
  bool allows(std::uint64_t removals, std::uint64_t of) const;
  std::string text() const;
};

}  // namespace sluice::bulk
