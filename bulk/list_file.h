// The names that a file gives, one a line, and what stands under them now.
//
// Sorted in a table on disk where they are many, so that memory does not grow with them. Each is looked up -
// a file by stat, an object by HEAD, many at once - and told to ListingNotes::failed when it is not there.
#pragma once

#include <memory>
#include <string>

#include "bulk/listing_options.h"
#include "bulk/side.h"
#include "engine/runtime.h"

namespace sluice::bulk {

struct NameFile {
  std::string path{};  ///< "-": standard input
  /// Names end with a NUL and are taken as they are. Else a line each, where "./" in front, a '\r' at the
  /// end, blank lines and lines that begin with '#' are dropped ("./#x" is the name of "#x").
  bool nul = false;
};

/// The runtime must outlive the listing.
std::unique_ptr<Listing> list_names(engine::Runtime& runtime, Side side, NameFile file,
                                    ListingOptions options);

}  // namespace sluice::bulk
