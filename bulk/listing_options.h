// What every kind of listing is told.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "bulk/listing.h"

namespace sluice::bulk {

struct ListingOptions {
  std::string start_after{};  ///< a name: only what is behind it, which need not exist itself
  /// Objects without content whose keys end in '/', as consoles make them for folders, are left out.
  bool skip_markers = false;
  /// Asked of every local directory below the side, by its name with a '/' behind; false leaves out all that
  /// is in it, unread.
  std::function<bool(std::string_view directory)> enter{};
  ListingNotes notes{};
  std::stop_token stop{};  ///< ends next() with an error of kind cancelled
  bool parallel = true;    ///< a large flat store is listed at several places at once
  unsigned pages_ahead = 2;
  std::uint64_t memory = 64ull << 20;  ///< bytes of entries that wait, when listed at several places
  std::uint32_t page = 0;              ///< keys a request; 0 = the store's largest
  /// Requests made, repeated ones included, are added to it as they are answered. Outlives the listing.
  std::atomic<std::uint64_t>* requests = nullptr;
};

}  // namespace sluice::bulk
