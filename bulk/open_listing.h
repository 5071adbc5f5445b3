// The listing of a side, whichever kind it takes.
#pragma once

#include <memory>

#include "bulk/listing_options.h"
#include "bulk/side.h"
#include "engine/runtime.h"

namespace sluice::bulk {

/// Begins at once. The runtime, and what the options refer to, must outlive the listing. A side that is not
/// there at all is an error of the first next().
Result<std::unique_ptr<Listing>> open_listing(engine::Runtime& runtime, const Side& side,
                                              ListingOptions options);

}  // namespace sluice::bulk
