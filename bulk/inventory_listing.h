// What a vendor's inventory says was in a bucket, in place of listing it: CSV, plain or gzip, of S3, OSS, COS
// or TOS, sorted in a table on disk.
#pragma once

#include <memory>
#include <string>

#include "bulk/listing_options.h"
#include "bulk/side.h"

namespace sluice::bulk {

struct Inventory {
  std::string path{};  ///< manifest.json, or a CSV file of it
  /// "Bucket,Key,Size,..."; empty = as the manifest or the file's first line says
  std::string columns{};
};

/// The side is of a store. What is not below it is counted and told to notes.skipped in one line; an
/// inventory of which nothing is below the side is an error.
std::unique_ptr<Listing> list_inventory(Side side, Inventory inventory, ListingOptions options);

}  // namespace sluice::bulk
