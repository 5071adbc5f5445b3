// A prefix of a bucket, page behind page, each asked for while the one before is used.
#pragma once

#include <memory>

#include "bulk/listing_options.h"
#include "bulk/side.h"
#include "bulk/store_entries.h"
#include "engine/runtime.h"

namespace sluice::bulk {

/// `order`: any is for those who sort what they are given. The runtime must outlive the listing.
std::unique_ptr<Listing> list_store(engine::Runtime& runtime, Side side, ListingOptions options,
                                    ListOrder order = ListOrder::bytes);

}  // namespace sluice::bulk
