#include "engine/tree_run.h"

#include "scheduler/guarded.h"
#include "scheduler/workers.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

constexpr std::uint64_t kWaiting = 8192;
constexpr std::size_t kFailuresKept = 1000;

}  // namespace

class TreeRun::Page final : public scheduler::Job, public std::enable_shared_from_this<Page> {
 public:
  Page(std::shared_ptr<TreeRun> run, std::vector<TreeItem> items, scheduler::Ticket room)
      : run_(std::move(run)), items_(std::move(items)), room_(std::move(room)) {}

  unsigned weight(std::uint64_t index) const override {
    const std::uint64_t size = items_[index].size;
    return size <= run_->small_ ? slots_for(size) : 1;
  }

  std::optional<scheduler::Tickets> admit(Worker& worker, std::uint64_t index) override {
    const std::uint64_t size = items_[index].size;
    if (size > run_->small_ || run_->context_->stop.stop_requested()) return scheduler::Tickets();
    return run_->context_->runtime->limits->admit(run_->ways_, worker, slots_for(size));
  }

  Task<void> run(Worker& worker, std::uint64_t index, bool stolen) override {
    const TreeItem* item = &items_[index];
    if (stolen) ++run_->stolen_;
    if (item->size <= run_->small_) {
      co_await run_->item(&worker, item, true);
    } else {
      worker.workers().spawn(worker.index(), run_->large(&worker, shared_from_this(), item));
    }
  }

 private:
  const std::shared_ptr<TreeRun> run_;  // outlives room_, whose budget it holds
  const std::vector<TreeItem> items_;
  const scheduler::Ticket room_;
};

TreeRun::TreeRun(TransferContext* context, std::uint64_t small, Move move, scheduler::Ways ways, Ended ended)
    : context_(context),
      small_(small),
      move_(std::move(move)),
      ways_(ways),
      ended_(std::move(ended)),
      room_(kWaiting) {}

Task<scheduler::Ticket> TreeRun::room(Worker* home, std::uint64_t items) {
  co_return co_await room_.take(home->loop(), items, context_->token());
}

void TreeRun::submit(scheduler::Workers& workers, std::vector<TreeItem> page, scheduler::Ticket room) {
  std::uint64_t bytes = 0;
  for (const TreeItem& item : page) bytes += item.size;
  context_->meter->add_total(bytes, page.size());
  latch_.add(page.size());
  const std::uint64_t count = page.size();
  workers.submit(std::make_shared<Page>(shared_from_this(), std::move(page), std::move(room)), 0, count);
}

void TreeRun::failed(const Error& error) {
  ++failed_;
  std::lock_guard lock(mutex_);
  if (failures_.size() < kFailuresKept) failures_.push_back(error.describe());
}

Task<void> TreeRun::large(Worker* worker, std::shared_ptr<Page> page, const TreeItem* one) {
  auto ticket = co_await context_->runtime->objects.take(worker->loop(), 1, context_->token());
  co_await item(worker, one, false);
  page.reset();
}

Task<void> TreeRun::item(Worker* worker, const TreeItem* one, bool in_slot) {
  if (context_->stop.stop_requested()) {
    latch_.count_down();
    co_return;
  }
  TransferContext own;
  own.runtime = context_->runtime;
  own.meter = context_->meter;
  own.owns_total = false;
  own.in_slot = in_slot;
  own.options = context_->options;
  own.options.progress = nullptr;
  own.options.tree = {};
  own.tally = ended_ ? std::make_shared<Tally>() : context_->tally;
  // An item's failure stops its own parts; the tree's stop stops every item.
  std::stop_callback linked(context_->token(), [stop = own.stop]() mutable { stop.request_stop(); });
  auto moved = co_await scheduler::guarded([&] { return move_(worker, &own, one); });
  if (ended_) {
    context_->tally->add(*own.tally);
    if (moved || !context_->stop.stop_requested() || moved.error().kind != ErrorKind::cancelled)
      ended_(*one, moved);
  }
  if (moved) {
    bytes_ += moved->bytes;
    ++objects_;
    context_->meter->object_done();
  } else if (own.options.forbid_overwrite && is_already_exists(moved.error())) {
    ++left_alone_;
    context_->meter->part_done(one->size);
  } else if (moved.error().kind != ErrorKind::cancelled || !context_->stop.stop_requested()) {
    failed(moved.error().with({}, one->name));
  }
  latch_.count_down();
}

Task<Result<TransferReport>> TreeRun::finish(Worker* home, Result<void> listed) {
  {
    // Items that a limit keeps waiting are to end as well.
    const std::stop_callback wake(context_->token(), [all = &home->workers()] { all->wake(); });
    co_await latch_.wait(home->loop());
  }
  if (context_->stop.stop_requested()) co_return fail(ErrorKind::cancelled, "cancelled");
  if (!listed && objects_ == 0 && failed_ == 0 && left_alone_ == 0) co_return unexpected(listed.error());
  if (!listed) failed(listed.error());
  TransferReport report = report_of(*context_, bytes_, nullptr);
  report.objects = objects_;
  report.failed = failed_;
  report.left_alone = left_alone_;
  report.stolen = stolen_;
  report.failures = failures_;
  co_return report;
}

}  // namespace sluice::engine
