// A local directory: every regular file below it, in byte order of the paths, walked ahead on a thread.
#pragma once

#include <memory>

#include "bulk/listing_options.h"
#include "bulk/side.h"

namespace sluice::bulk {

std::unique_ptr<Listing> list_directory(Side side, ListingOptions options);

}  // namespace sluice::bulk
