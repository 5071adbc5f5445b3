// What a dry run shows of each thing that would be done: a command that does it, which `sluice run` takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/verb.h"
#include "sluice/result.h"

namespace sluice::cli {

/// "--dry-run" of a verb's own options.
Option dry_run_option();
inline bool is_dry_run(const Context& context) {
  return context.args.has("dry_run");
}

/// One line, or with --json one event. `words`: verb and operands; `bytes`: where known.
std::string planned(const Output&, const std::vector<std::string>& words,
                    std::optional<std::uint64_t> bytes = {});

}  // namespace sluice::cli
