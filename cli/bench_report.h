// What `sluice bench` says: one JSON document, or a table and a few sentences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bench_limit.h"

namespace sluice::cli {

struct BenchReport {
  std::string url, scheme, endpoint, region;
  std::vector<Step> steps;     ///< that count, in the order measured
  std::vector<Limit> limits;   ///< of every ladder that could tell
  std::optional<Limit> limit;  ///< of parts in the slower direction: what large transfers meet first
  Tuned tuned;
  std::string file;  ///< where the knobs were saved; empty = nowhere
};

std::string json_of(const BenchReport&);
std::string text_of(const BenchReport&);

/// "~8M": as the knob takes a part size that is a wish.
std::string part_wish(std::uint64_t bytes);

}  // namespace sluice::cli
