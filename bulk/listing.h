// Listing: what a side holds, page by page. Each kind stands in a file of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bulk/entry.h"
#include "sluice/result.h"

namespace sluice::bulk {

/// Told by a listing of what it does not hold. Any thread; one call at a time of one listing.
struct ListingNotes {
  std::function<void(const std::string& name, std::string_view what)> skipped{};  ///< a link, a pipe, ...
  /// Something could not be read: what stands there is not known, so nothing may be deleted for its sake.
  std::function<void(const Error&)> failed{};
};

class Listing {
 public:
  virtual ~Listing() = default;

  /// The next entries, at least one, their names rising in byte order and above every earlier one; none at
  /// the end. Blocks. One thread at a time. The destructor ends what is still being read.
  virtual Result<std::vector<Entry>> next() = 0;
};

}  // namespace sluice::bulk
