// Which bytes each part of a transfer carries. Pure: sizes and limits in, ranges out.
#pragma once

#include <cstdint>

#include "engine/dialect.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::engine {

struct PartRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Equal parts, the last one smaller; `count` is 1 for an empty object.
struct Plan {
  std::uint64_t size = 0;
  std::uint64_t part_size = 0;
  std::uint64_t count = 0;

  PartRange part(std::uint64_t index) const;
};

inline constexpr std::uint64_t kDefaultPart = 8ull << 20;
inline constexpr std::uint64_t kDefaultThreshold = 16ull << 20;

/// Parts of an upload or a multipart copy. `wanted` 0 = `usual`, brought within the store's limits and
/// doubled until its part count suffices; a wanted size outside the limits, or one that needs too many
/// parts, is refused with the rule.
Result<Plan> plan_upload(std::uint64_t size, std::uint64_t wanted, const Limits&,
                         std::uint64_t usual = kDefaultPart);

/// The usual part of a transfer that was asked for none in particular.
inline std::uint64_t usual_part(const TransferOptions& options) {
  return options.usual_part ? options.usual_part : kDefaultPart;
}

/// A transfer keeps something of every part: the store's word for a size must not decide how much.
inline constexpr std::uint64_t kMostRanges = 100'000;
inline constexpr std::uint64_t kAnyCount = ~0ull;

/// Ranges of a download: any size from 64 KiB up; 0 = 8 MiB. Doubled until `most` of them suffice.
Result<Plan> plan_download(std::uint64_t size, std::uint64_t wanted, std::uint64_t most = kMostRanges);

/// Sizes of the parts of a stream of unknown length. They begin at `first` and double every
/// `step()` parts, slowly enough to stay small, fast enough that the store's largest object fits.
class StreamPlan {
 public:
  static Result<StreamPlan> create(std::uint64_t wanted, const Limits&);
  std::uint64_t size_of(std::uint64_t index) const;
  std::uint64_t capacity() const;  ///< bytes that all parts together hold
  std::uint64_t step() const { return step_; }

 private:
  std::uint64_t first_ = 0, step_ = 0, max_part_ = 0, max_parts_ = 0;
};

}  // namespace sluice::engine
