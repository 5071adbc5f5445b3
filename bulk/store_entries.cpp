#include "bulk/store_entries.h"

#include <utility>

#include <fmt/format.h>

#include "io/percent.h"

namespace sluice::bulk {

StoreEntries::StoreEntries(const Side& side, const ListingOptions& options, ListOrder order,
                           std::string after)
    : side_(side), options_(options), order_(order), after_(std::move(after)), last_(after_) {}

Result<std::vector<Entry>> StoreEntries::of(std::vector<engine::Listed> objects) {
  std::vector<Entry> entries;
  entries.reserve(objects.size());
  for (engine::Listed& object : objects) {
    if (order_ == ListOrder::bytes) {
      // Some servers take no notice of start-after: what is before it is left out here.
      if (object.key <= after_ && last_ == after_) continue;
      if (auto fine = check_order(object.key); !fine) return unexpected(std::move(fine).error());
    }
    std::string name = object.key.substr(side_.root.key.size());
    if (!wanted(object, name)) continue;
    entries.push_back({std::move(name), std::move(object)});
  }
  return entries;
}

Result<void> StoreEntries::check_order(const std::string& key) {
  if (!last_.empty() && key <= last_) {
    Error error = make_error(ErrorKind::decode,
                             fmt::format("the store's list is not in byte order: '{}' came behind '{}'",
                                         io::encode_path(key), io::encode_path(last_)),
                             "have it listed into a file first: --save-listing FILE");
    error.operation = "list";
    error.target = side_.text();
    return unexpected(std::move(error));
  }
  last_ = key;
  return {};
}

bool StoreEntries::wanted(const engine::Listed& object, const std::string& name) const {
  if (options_.skip_markers && is_marker(object, object.key)) return false;
  if (!name.empty()) return true;
  // It has no name below the side, and any that it could be given may be another's.
  if (options_.notes.skipped) options_.notes.skipped(object.key, "an object named as the prefix itself");
  return false;
}

}  // namespace sluice::bulk
