#include "bulk/range_listing.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "bulk/ahead_listing.h"
#include "bulk/range_plan.h"
#include "bulk/store_entries.h"
#include "scheduler/guarded.h"

namespace sluice::bulk {
namespace {

constexpr std::uint64_t kMostRanges = 32;
constexpr std::uint64_t kNames = 160;  // bytes: key, name and ETag, as they mostly are

unsigned ranges_within(const ListingOptions& options, const Side& side) {
  const std::uint64_t page = options.page ? options.page : side.store->dialect().limits.list_page;
  const std::uint64_t range = RangePlan::kPages * page * (sizeof(Entry) + kNames);
  return static_cast<unsigned>(std::clamp<std::uint64_t>(options.memory / range, 1, kMostRanges));
}

/// Each range is listed by a coroutine of its own, on whichever worker; this thread takes them in order.
class RangeReader {
 public:
  RangeReader(engine::Runtime& runtime, const Side& side, const ListingOptions& options, std::stop_token stop)
      : runtime_(runtime),
        side_(side),
        options_(options),
        asked_(std::move(stop)),
        wakes_(asked_,
               [this] {
                 stop_.request_stop();
                 std::lock_guard lock(mutex_);
                 changed_.notify_all();
               }),
        plan_(options.start_after, ranges_within(options, side)) {}

  ~RangeReader() {
    stop_.request_stop();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }

  Result<void> give_all(const AheadListing::Give& give) {
    std::unique_lock lock(mutex_);
    while (!stop_.stop_requested()) {
      start();
      Range* front = plan_.front();
      if (!front) return {};
      if (!front->ready.empty()) {
        std::vector<Entry> page = std::move(front->ready.front());
        front->ready.pop_front();
        lock.unlock();
        if (!give(std::move(page))) return {};
        lock.lock();
      } else if (front->error) {
        return unexpected(*front->error);
      } else if (front->done) {
        plan_.drop_front();
      } else {
        changed_.wait(lock);
      }
    }
    return fail(ErrorKind::cancelled, "cancelled");
  }

 private:
  void start() {
    if (stop_.stop_requested()) return;
    for (auto& range : plan_.begin()) {
      ++running_;
      scheduler::Worker& worker = runtime_.workers->next_worker();
      worker.workers().spawn(worker.index(), lane(&worker, std::move(range)));
    }
  }

  scheduler::Task<void> lane(scheduler::Worker* worker, std::shared_ptr<Range> range) {
    const auto whole = [&] { return read(worker, range); };
    auto how = co_await scheduler::guarded(whole);
    std::lock_guard lock(mutex_);
    if (!how) plan_.failed(*range, std::move(how).error());
    --running_;
    changed_.notify_all();
  }

  scheduler::Task<Result<void>> read(scheduler::Worker* worker, std::shared_ptr<Range> range) {
    const std::string after = key_behind(side_, range->lower);
    StoreEntries entries(side_, options_, ListOrder::bytes, after);
    std::string marker = range->marker;
    while (true) {
      engine::ListOptions page;
      page.prefix = side_.root.key;
      page.limit = options_.page;
      page.start_after = after;
      page.marker = marker;
      auto call = engine::call_on(*worker, stop_.get_token());
      auto listed = co_await side_.store->list(std::move(call), side_.root.bucket, std::move(page));
      if (!listed) co_return unexpected(std::move(listed).error());
      if (options_.requests) *options_.requests += static_cast<std::uint64_t>(listed->reply.attempts);
      marker = listed->next_marker;
      auto taken = page_of(entries, *std::move(listed));
      if (!taken) co_return unexpected(std::move(taken).error());
      std::lock_guard lock(mutex_);
      const bool more = plan_.took(*range, *std::move(taken));
      start();
      changed_.notify_all();
      if (!more) co_return Result<void>();
    }
  }

  Result<RangePage> page_of(StoreEntries& entries, engine::ListPage listed) {
    RangePage page;
    page.names = listed.objects.size();
    if (page.names > 0) {
      page.first = listed.objects.front().key.substr(side_.root.key.size());
      page.last = listed.objects.back().key.substr(side_.root.key.size());
    }
    page.marker = std::move(listed.next_marker);
    auto below = entries.of(std::move(listed.objects));
    if (!below) return unexpected(std::move(below).error());
    page.entries = *std::move(below);
    return page;
  }

  engine::Runtime& runtime_;
  const Side& side_;
  const ListingOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::stop_source stop_;
  const std::stop_token asked_;
  std::stop_callback<std::function<void()>> wakes_;
  RangePlan plan_;
  unsigned running_ = 0;
};

}  // namespace

std::unique_ptr<Listing> list_ranges(engine::Runtime& runtime, Side side, ListingOptions options) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [&runtime, side = std::move(side), options = std::move(options)](const AheadListing::Give& give,
                                                                               std::stop_token asked) {
    return RangeReader(runtime, side, options, std::move(asked)).give_all(give);
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
