// What the machine gives: instructions that checksums and TLS live on, and memory. Read from the files by
// which Linux tells; `root` stands in front of their paths, for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

/// One thing that a processor has or lacks.
struct Feature {
  const char* name;
  const char* without;  ///< what it costs not to have it; null: little
  std::string_view x86, arm;  ///< as /proc/cpuinfo calls it; empty = that kind has no such thing
};

struct Processor {
  std::vector<const Feature*> has, lacks;  ///< both empty: nothing is known of it
};
Processor processor_of(std::string_view cpuinfo);
Processor this_processor(const std::string& root = {});

/// The least of what control groups and the machine itself set, bytes; empty = nothing known.
std::optional<std::uint64_t> memory_limit(const std::string& root = {});

}  // namespace sluice::cli
