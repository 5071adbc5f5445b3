// What stands under given names of a side.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "bulk/listing_options.h"
#include "bulk/side.h"
#include "engine/runtime.h"

namespace sluice::bulk {

/// `found`: entries that have names alone; they come back with what was found out, in the same order and
/// without those that are not there or cannot be looked at, which are told to notes.failed. An error is what
/// would befall all of them (no network, no credentials, stopped). Blocks: no worker's thread.
Result<std::vector<Entry>> look_up(engine::Runtime& runtime, const Side& side, std::vector<Entry> found,
                                   const ListingOptions& options, const std::stop_token& stop);

}  // namespace sluice::bulk
