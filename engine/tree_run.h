// TreeRun: runs the items of a tree as pages of them arrive, and collects what became of each.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/transfer_context.h"
#include "scheduler/job.h"
#include "scheduler/latch.h"

namespace sluice::engine {

struct TreeItem {
  std::string name;  ///< relative path, or key
  std::uint64_t size = 0;
  std::optional<Listed> info;  ///< of what was listed
  std::uint64_t number = 0;    ///< the caller's own
};

/// Shared: a worker may let go of a page, and with it of the page's room, after finish() has answered.
class TreeRun : public std::enable_shared_from_this<TreeRun> {
 public:
  /// Moves one item; the context is the item's own.
  using Move = std::function<scheduler::Task<Result<TransferReport>>(scheduler::Worker*, TransferContext*,
                                                                     const TreeItem*)>;

  /// Told of every item that was not cancelled; any worker thread. The report counts this item alone.
  using Ended = std::function<void(const TreeItem&, const Result<TransferReport>&)>;

  /// `ways`: that the bytes of small items go.
  TreeRun(TransferContext* context, std::uint64_t small, Move move, scheduler::Ways ways = scheduler::kNoWay,
          Ended ended = {});

  /// Waits until fewer than some thousands of items are waiting. On `home`.
  scheduler::Task<scheduler::Ticket> room(scheduler::Worker* home, std::uint64_t items);
  /// Queues a page; the ticket goes back when its last item has ended. Any worker thread.
  void submit(scheduler::Workers& workers, std::vector<TreeItem> page, scheduler::Ticket room);
  void failed(const Error& error);

  /// Everything submitted has ended. On `home`, once.
  scheduler::Task<Result<TransferReport>> finish(scheduler::Worker* home, Result<void> listed);

 private:
  class Page;
  scheduler::Task<void> item(scheduler::Worker* worker, const TreeItem* item, bool in_slot);
  scheduler::Task<void> large(scheduler::Worker* worker, std::shared_ptr<Page> page, const TreeItem* item);

  TransferContext* const context_;
  const std::uint64_t small_;
  const Move move_;
  const scheduler::Ways ways_;
  const Ended ended_;
  scheduler::Budget room_;
  scheduler::Latch latch_{0};
  std::atomic<std::uint64_t> bytes_{0}, objects_{0}, failed_{0}, left_alone_{0}, stolen_{0};
  std::mutex mutex_;
  std::vector<std::string> failures_;
};

}  // namespace sluice::engine
