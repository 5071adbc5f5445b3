#include "bulk/sorted_listing.h"

#include <algorithm>
#include <utility>

#include "bulk/ahead_listing.h"
#include "bulk/entry_table.h"
#include "bulk/store_listing.h"
#include "bulk/table_listing.h"

namespace sluice::bulk {
namespace {

std::vector<Entry> sorted(std::vector<Entry> page, const std::string& behind) {
  std::erase_if(page, [&](const Entry& entry) { return entry.name <= behind; });
  std::ranges::sort(page, {}, &Entry::name);
  const auto twice = std::ranges::unique(page, {}, &Entry::name);
  page.erase(twice.begin(), twice.end());
  return page;
}

Result<void> sort(engine::Runtime& runtime, const Side& side, const ListingOptions& options,
                  const AheadListing::Give& give, const std::stop_token& stop) {
  ListingOptions all = options;
  all.start_after.clear();
  all.stop = stop;
  const auto listing = list_store(runtime, side, std::move(all), ListOrder::any);
  auto first = listing->next();
  if (!first) return unexpected(std::move(first).error());
  auto page = listing->next();
  if (page && page->empty()) {
    give(sorted(*std::move(first), options.start_after));
    return {};
  }
  auto table = EntryTable::temporary();
  if (!table) return unexpected(std::move(table).error());
  if (auto added = table->add(*first); !added) return added;
  for (; page; page = listing->next()) {
    if (page->empty()) {
      auto given = give_table(*table, side, options, give);
      return given ? Result<void>() : unexpected(std::move(given).error());
    }
    if (auto added = table->add(*page); !added) return added;
  }
  return unexpected(std::move(page).error());
}

}  // namespace

std::unique_ptr<Listing> list_sorted(engine::Runtime& runtime, Side side, ListingOptions options) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [&runtime, side = std::move(side), options = std::move(options)](const AheadListing::Give& give,
                                                                               const std::stop_token& asked) {
    return sort(runtime, side, options, give, asked);
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
