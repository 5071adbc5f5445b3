#include "bulk/store_listing.h"

#include <utility>

#include "bulk/ahead_listing.h"
#include "engine/client_ask.h"

namespace sluice::bulk {
namespace {

Result<engine::ListPage> ask(engine::Runtime& runtime, const Side& side, const engine::ListOptions& page,
                             const std::stop_token& stop) {
  return facade::ask_worker<engine::ListPage>(runtime, [&](scheduler::Worker* worker) {
    return side.store->list(engine::call_on(*worker, stop), side.root.bucket, page);
  });
}

Result<void> read_pages(engine::Runtime& runtime, const Side& side, const ListingOptions& options,
                        ListOrder order, const AheadListing::Give& give, const std::stop_token& stop) {
  engine::ListOptions page;
  page.prefix = side.root.key;
  page.limit = options.page;
  page.start_after = key_behind(side, options.start_after);
  StoreEntries entries(side, options, order, page.start_after);
  while (true) {
    auto listed = ask(runtime, side, page, stop);
    if (!listed) return unexpected(std::move(listed).error());
    if (options.requests) *options.requests += static_cast<std::uint64_t>(listed->reply.attempts);
    page.marker = std::move(listed->next_marker);
    auto below = entries.of(std::move(listed->objects));
    if (!below) return unexpected(std::move(below).error());
    if (!give(*std::move(below)) || page.marker.empty()) return {};
  }
}

}  // namespace

std::unique_ptr<Listing> list_store(engine::Runtime& runtime, Side side, ListingOptions options,
                                    ListOrder order) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [&runtime, side = std::move(side), options = std::move(options), order](
                  const AheadListing::Give& give, const std::stop_token& asked) {
    return read_pages(runtime, side, options, order, give, asked);
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
