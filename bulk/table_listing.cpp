#include "bulk/table_listing.h"

#include <utility>

#include "bulk/store_entries.h"

namespace sluice::bulk {
namespace {

constexpr std::size_t kPage = 1000;

}  // namespace

Result<std::uint64_t> give_table(EntryTable& table, const Side& side, const ListingOptions& options,
                                 const AheadListing::Give& give) {
  std::string behind = options.start_after;
  std::uint64_t count = 0;
  while (true) {
    auto entries = table.behind(behind, kPage);
    if (!entries) return unexpected(std::move(entries).error());
    if (entries->empty()) return count;
    count += entries->size();
    behind = entries->back().name;
    for (Entry& entry : *entries) entry.info.key = key_of(side, entry.name);
    if (options.skip_markers)
      std::erase_if(*entries, [](const Entry& e) { return is_marker(e.info, e.name); });
    if (!give(*std::move(entries))) return count;
  }
}

}  // namespace sluice::bulk
