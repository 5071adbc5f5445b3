// A listing kept in a file, to be read again in place of listing.
//
// The file is a SQLite database: table `entry` as EntryTable has it, and table `listing`, one row that says
// of which side it is, how many entries there are, and whether that is all. application_id is SLUL,
// user_version the format.
#pragma once

#include <memory>
#include <string>

#include "bulk/listing_options.h"
#include "bulk/side.h"

namespace sluice::bulk {

/// Writes what the listing gives, in whatever order, and puts it at `path` when it is whole: an earlier
/// listing there is replaced, any other file left alone. The listing is to be of all the side: begun behind
/// no name, with nothing left out.
Result<void> save_listing(Listing& listing, const Side& side, const std::string& path);

/// What was saved of this side. A file that is damaged, unfinished or of another side is an error of next().
std::unique_ptr<Listing> read_listing(Side side, std::string path, ListingOptions options);

}  // namespace sluice::bulk
