// What stands in a table of entries, as a listing gives it.
#pragma once

#include "bulk/ahead_listing.h"
#include "bulk/entry_table.h"
#include "bulk/listing_options.h"
#include "bulk/side.h"

namespace sluice::bulk {

/// Until the end, or nobody wants more. Answers how many entries it has read.
Result<std::uint64_t> give_table(EntryTable& table, const Side& side, const ListingOptions& options,
                                 const AheadListing::Give& give);

}  // namespace sluice::bulk
