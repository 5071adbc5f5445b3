#include "bulk/open_listing.h"

#include <utility>

#include "bulk/range_listing.h"
#include "bulk/sorted_listing.h"
#include "bulk/store_listing.h"
#include "bulk/walk_listing.h"

namespace sluice::bulk {

Result<std::unique_ptr<Listing>> open_listing(engine::Runtime& runtime, const Side& side,
                                              ListingOptions options) {
  if (side.local()) return list_directory(side, std::move(options));
  if (side.store->dialect().has(engine::kOwnListOrder)) return list_sorted(runtime, side, std::move(options));
  if (options.parallel) return list_ranges(runtime, side, std::move(options));
  return list_store(runtime, side, std::move(options));
}

}  // namespace sluice::bulk
