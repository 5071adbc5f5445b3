// A prefix without directories, listed at several places at once: range_plan.h says where.
//
// A short prefix costs not one request more than page behind page. What is read ahead takes no more than
// ListingOptions::memory, so that with little of it pages follow one another.
#pragma once

#include <memory>

#include "bulk/listing_options.h"
#include "bulk/side.h"
#include "engine/runtime.h"

namespace sluice::bulk {

/// Of a store that lists in byte order. The runtime must outlive the listing.
std::unique_ptr<Listing> list_ranges(engine::Runtime& runtime, Side side, ListingOptions options);

}  // namespace sluice::bulk
