#include "engine/tree.h"

#include <functional>
#include <future>

#include <fmt/format.h>

#include "engine/copy_small.h"
#include "engine/tree_items.h"
#include "engine/tree_run.h"
#include "io/file_sink.h"
#include "io/walk.h"
#include "scheduler/guarded.h"
#include "scheduler/latch.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

constexpr std::size_t kPage = 1000;

/// Every page of a listing; `use` answers false to stop.
Task<Result<void>> list_pages(Worker* home, TransferContext* context, std::shared_ptr<Store> store, Ref from,
                              TreeRun* run, std::function<void(ListPage, scheduler::Ticket)> use) {
  ListOptions options;
  options.prefix = from.key;
  while (true) {
    auto room = co_await run->room(home, kPage);
    if (!room) co_return fail(ErrorKind::cancelled, "cancelled");
    auto page = co_await store->list(context->call(*home), from.bucket, options);
    if (!page) co_return unexpected(page.error());
    context->tally->reply(page->reply);
    std::string next = page->next_marker;
    use(std::move(*page), std::move(room));
    if (next.empty()) co_return Result<void>();
    options.marker = std::move(next);
  }
}

/// The same; it answers whatever happens, because the items that run already are to be waited for.
Task<Result<void>> each_page(Worker* home, TransferContext* context, std::shared_ptr<Store> store, Ref from,
                             TreeRun* run, std::function<void(ListPage, scheduler::Ticket)> use) {
  co_return co_await scheduler::guarded([&] { return list_pages(home, context, store, from, run, use); });
}

bool wants(const TransferContext& context, const TreeItem& item, const std::optional<TimePoint>& modified) {
  const auto& wanted = context.options.tree.wanted;
  return !wanted || wanted(item.name, item.size, modified);
}

/// The walk blocks a thread; each page it fills waits there for its room.
class Walk {
 public:
  Walk(Worker* home, TransferContext* context, TreeRun* run) : home_(home), context_(context), run_(run) {}

  Result<void> operator()(const std::string& directory) {
    io::WalkCallbacks callbacks;
    callbacks.file = [this](const io::WalkEntry& entry) {
      if (io::is_part_name(entry.path)) {
        context_->tally->note(fmt::format("skipped {}: an unfinished download", entry.path));
        return true;
      }
      TreeItem item;
      item.name = entry.path;
      item.size = entry.size;
      if (!wants(*context_, item, entry.modified())) return true;
      page_.push_back(std::move(item));
      return page_.size() < kPage || flush();
    };
    callbacks.skipped = [this](const std::string& path, std::string_view what) {
      context_->tally->note(fmt::format("skipped {}: {}", path, what));
    };
    callbacks.failed = [this](const Error& error) { run_->failed(error); };
    callbacks.enter = context_->options.tree.enter;
    auto walked = io::walk(directory, callbacks);
    if (walked && !page_.empty()) flush();
    return walked;
  }

 private:
  bool flush() {
    auto promise = std::make_shared<std::promise<scheduler::Ticket>>();
    auto room = promise->get_future();
    home_->loop().post([this, promise, wanted = page_.size()] { scheduler::start(ask(wanted, promise)); });
    scheduler::Ticket ticket = room.get();
    if (!ticket) return false;
    run_->submit(*context_->runtime->workers, std::exchange(page_, {}), std::move(ticket));
    return !context_->stop.stop_requested();
  }

  Task<void> ask(std::uint64_t wanted, std::shared_ptr<std::promise<scheduler::Ticket>> promise) {
    promise->set_value(co_await run_->room(home_, wanted));
  }

  Worker* const home_;
  TransferContext* const context_;
  TreeRun* const run_;
  std::vector<TreeItem> page_;
};

/// Keys below the prefix, named relative to it. The object that is the prefix itself has its last segment.
std::vector<TreeItem> items_of(const TransferContext& context, ListPage page, const std::string& prefix) {
  std::vector<TreeItem> items;
  items.reserve(page.objects.size());
  for (Listed& object : page.objects) {
    TreeItem item;
    item.name = object.key.substr(prefix.size());
    if (item.name.empty()) item.name = object.key.substr(object.key.rfind('/') + 1);
    item.size = object.size;
    if (!wants(context, item, object.modified)) continue;
    item.info = std::move(object);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

Task<Result<TransferReport>> upload_tree(Worker* home, TransferContext* context, UploadTree spec) {
  if (auto fine = check_properties(spec.store->dialect(), context->options); !fine)
    co_return unexpected(fine.error());
  TreeRun::Move move = [&spec](Worker* worker, TransferContext* own, const TreeItem* item) {
    return upload_item(worker, own, &spec, item);
  };
  const auto run = std::make_shared<TreeRun>(context, small_limit(*context, spec.store->dialect()),
                                             std::move(move), scheduler::kUp);
  // A thread of its own: the items that the walk waits for need the pool.
  scheduler::BlockingPool walker(1);
  const auto walk_all = [&] {
    Walk walk(home, context, run.get());
    return walk(spec.directory);
  };
  auto walked = co_await scheduler::guarded([&] { return walker.run(home->loop(), walk_all); });
  co_return co_await run->finish(home, std::move(walked));
}

Task<Result<TransferReport>> download_tree(Worker* home, TransferContext* context, DownloadTree spec) {
  TreeRun::Move move = [&spec](Worker* worker, TransferContext* own, const TreeItem* item) {
    return download_item(worker, own, &spec, item);
  };
  const auto run = std::make_shared<TreeRun>(context, small_limit(*context, spec.store->dialect()),
                                             std::move(move), scheduler::kDown);
  std::function<void(ListPage, scheduler::Ticket)> use = [&](ListPage page, scheduler::Ticket room) {
    auto items = items_of(*context, std::move(page), spec.from.key);
    // A marker of a folder, as consoles make them, is no file.
    std::erase_if(items,
                  [](const TreeItem& item) { return item.size == 0 && item.info->key.ends_with('/'); });
    run->submit(*context->runtime->workers, std::move(items), std::move(room));
  };
  auto listed = co_await each_page(home, context, spec.store, spec.from, run.get(), std::move(use));
  co_return co_await run->finish(home, std::move(listed));
}

Task<Result<TransferReport>> copy_tree(Worker* home, TransferContext* context, CopyTree spec) {
  if (auto fine = check_properties(spec.to_store->dialect(), context->options); !fine)
    co_return unexpected(fine.error());
  TreeRun::Move move = [&spec](Worker* worker, TransferContext* own, const TreeItem* item) {
    return copy_item(worker, own, &spec, item);
  };
  const std::uint64_t small = small_copy_limit(*context, spec.to_store->dialect().limits);
  const auto run = std::make_shared<TreeRun>(context, small, std::move(move),
                                             spec.same_store ? scheduler::kNoWay : scheduler::kBothWays);
  std::function<void(ListPage, scheduler::Ticket)> use = [&](ListPage page, scheduler::Ticket room) {
    auto items = items_of(*context, std::move(page), spec.from.key);
    // The marker of the copied folder itself has no name at the root of a bucket.
    if (spec.to.key.empty()) std::erase_if(items, [](const TreeItem& item) { return item.name.empty(); });
    run->submit(*context->runtime->workers, std::move(items), std::move(room));
  };
  auto listed = co_await each_page(home, context, spec.from_store, spec.from, run.get(), std::move(use));
  co_return co_await run->finish(home, std::move(listed));
}

}  // namespace sluice::engine
