// A prefix of a store that lists in an order of its own, put into byte order.
//
// What fits one page is sorted in memory, more in a table on disk. Nothing is given before all is listed, and
// all is listed also where only what is behind a name is wanted.
#pragma once

#include <memory>

#include "bulk/listing_options.h"
#include "bulk/side.h"
#include "engine/runtime.h"

namespace sluice::bulk {

/// The runtime must outlive the listing.
std::unique_ptr<Listing> list_sorted(engine::Runtime& runtime, Side side, ListingOptions options);

}  // namespace sluice::bulk
