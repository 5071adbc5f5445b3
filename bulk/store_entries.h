// What a store lists, as entries of a side: named relative to its prefix, in byte order, or refused.
#pragma once

#include <string>
#include <vector>

#include "bulk/listing_options.h"
#include "bulk/side.h"

namespace sluice::bulk {

enum class ListOrder {
  bytes,  ///< refused when it is not
  any,
};

/// One run of pages, each behind the one before.
class StoreEntries {
 public:
  /// `after`: the key that the run begins behind; "" = at the prefix. The references must outlive it.
  StoreEntries(const Side& side, const ListingOptions& options, ListOrder order, std::string after);

  Result<std::vector<Entry>> of(std::vector<engine::Listed> objects);

 private:
  Result<void> check_order(const std::string& key);
  bool wanted(const engine::Listed& object, const std::string& name) const;

  const Side& side_;
  const ListingOptions& options_;
  const ListOrder order_;
  const std::string after_;
  std::string last_;
};

/// An object without content that a console has made for a folder.
inline bool is_marker(const ObjectInfo& object, const std::string& key) {
  return object.size == 0 && key.ends_with('/');
}
/// The key that a name of the side has.
inline std::string key_of(const Side& side, const std::string& name) {
  return side.root.key + name;
}
/// What a listing of the side that begins behind a name begins behind in the store; "" = at the prefix.
inline std::string key_behind(const Side& side, const std::string& name) {
  return name.empty() ? std::string() : key_of(side, name);
}

}  // namespace sluice::bulk
