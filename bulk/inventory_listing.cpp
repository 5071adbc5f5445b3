#include "bulk/inventory_listing.h"

#include <utility>

#include <fmt/format.h>

#include "bulk/ahead_listing.h"
#include "bulk/entry_table.h"
#include "bulk/inventory_file.h"
#include "bulk/inventory_row.h"
#include "bulk/table_listing.h"

namespace sluice::bulk {
namespace {

class Inventoried {
 public:
  Inventoried(const Side& side, const Inventory& inventory, const ListingOptions& options, EntryTable table,
              const std::stop_token& stop)
      : side_(side), inventory_(inventory), options_(options), table_(std::move(table)), stop_(stop) {}

  Result<void> load() {
    auto files = inventory_files(inventory_.path);
    if (!files) return unexpected(std::move(files).error());
    const std::string& schema = inventory_.columns.empty() ? files->schema : inventory_.columns;
    if (!schema.empty())
      if (auto known = begin(schema); !known) return known;
    for (const std::string& path : files->paths) {
      first_ = true;
      if (auto read = each_record(path, [&](auto& fields) { return take(fields); }); !read) return read;
    }
    return judge();
  }

  Result<void> give(const AheadListing::Give& give) {
    auto given = give_table(table_, side_, options_, give);
    return given ? Result<void>() : unexpected(std::move(given).error());
  }

 private:
  Result<void> begin(std::string_view schema) {
    auto columns = columns_of(schema);
    if (!columns) return unexpected(std::move(columns).error());
    rows_.emplace(side_, *columns);
    return {};
  }

  Result<void> take(const std::vector<std::string>& fields) {
    if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "cancelled");
    if (std::exchange(first_, false) && is_header(fields))
      return rows_ ? Result<void>() : begin(fmt::format("{}", fmt::join(fields, ",")));
    if (!rows_)
      return fail(ErrorKind::argument, "neither a manifest nor a first line says which columns there are",
                  "say it: --inventory-columns Bucket,Key,Size,...");
    auto entry = rows_->entry(fields);
    if (!entry) return unexpected(std::move(entry).error());
    return *entry ? table_.add(**entry) : Result<void>();
  }

  Result<void> judge() const {
    if (!rows_) return {};
    const InventoryCounts& counts = rows_->counts();
    if (counts.taken == 0 && counts.elsewhere > 0)
      return fail(ErrorKind::argument, fmt::format("the inventory {} holds {} objects and none below {}",
                                                   inventory_.path, counts.elsewhere, side_.text()));
    std::string rest;
    const auto add = [&rest](std::uint64_t count, std::string_view what) {
      if (count > 0) rest += fmt::format("{}{} {}", rest.empty() ? "" : ", ", count, what);
    };
    add(counts.elsewhere, "objects of other buckets or prefixes");
    add(counts.old_versions, "older versions and deletions");
    add(counts.unread_times, "times that are not understood");
    if (!rest.empty() && options_.notes.skipped) options_.notes.skipped(inventory_.path, rest);
    return {};
  }

  const Side& side_;
  const Inventory& inventory_;
  const ListingOptions& options_;
  EntryTable table_;
  const std::stop_token& stop_;
  std::optional<InventoryRows> rows_;
  bool first_ = true;  ///< the next record is a file's first
};

}  // namespace

std::unique_ptr<Listing> list_inventory(Side side, Inventory inventory, ListingOptions options) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [side = std::move(side), inventory = std::move(inventory), options = std::move(options)](
                  const AheadListing::Give& give, const std::stop_token& asked) -> Result<void> {
    auto table = EntryTable::temporary();
    if (!table) return unexpected(std::move(table).error());
    Inventoried inventoried(side, inventory, options, *std::move(table), asked);
    if (auto loaded = inventoried.load(); !loaded) return loaded;
    return inventoried.give(give);
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
