// Knobs: every number and choice that tunes a run, in one table.
//
// A row is at once an option of the command (--part-size), a key of the configuration (part_size), a
// line of `config show` and the rule for its value, so that these can never disagree.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/bwlimit.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

/// What the knobs turn.
struct Tuning {
  ClientOptions client;
  TransferOptions transfer;
  Timetable bandwidth;  ///< what the client's limits of bytes become, each in its time
};

struct Knob {
  const char* name;   ///< key in the configuration
  const char* flags;  ///< as CLI11 wants them: "-c,--concurrency"
  const char* type;   ///< "N[K|M|G]"; empty = a switch, which says "false" to `name`
  const char* help;
  const char* otherwise;  ///< what holds when nobody says anything, in words
  bool hidden;
  Result<void> (*apply)(std::string_view value, Tuning&);
};

std::span<const Knob> knobs();
const Knob* find_knob(std::string_view name);

}  // namespace sluice::cli
