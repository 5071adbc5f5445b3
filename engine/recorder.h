// Recorder: writes finished parts to the transfer's state in groups, off the loop.
//
// part_done() is called by workers and never waits for the disk. A record is committed within 250 ms
// or after 64 of them; with durability `power` the file is flushed before the records that claim it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "io/file_digests.h"
#include "io/state_store.h"
#include "scheduler/loop.h"
#include "scheduler/pool.h"

namespace sluice::engine {

/// Checksums of the parts one after the other: those that every part has; none when a part is missing.
io::DigestValues combine(const std::vector<std::optional<io::PartRecord>>& parts);

class Recorder : public std::enable_shared_from_this<Recorder> {
 public:
  /// `sync` runs before each commit (pool thread); may be empty.
  Recorder(std::unique_ptr<io::StateStore> state, scheduler::BlockingPool& pool,
           std::function<Result<void>()> sync);

  /// On `loop`'s thread.
  void part_done(scheduler::Loop& loop, io::PartRecord part);

  /// Commits what waits. Blocks: pool threads.
  Result<void> flush();
  /// Commits what waits and gives up the lock. Blocks. Idempotent.
  Result<void> close();
  /// The transfer is over: nothing is left on disk. Blocks.
  Result<void> remove();

 private:
  Result<void> flush_locked();

  scheduler::BlockingPool& pool_;
  const std::function<Result<void>()> sync_;
  std::atomic<bool> scheduled_{false};
  std::mutex pending_mutex_;
  std::vector<io::PartRecord> pending_;
  std::mutex mutex_;  // of the state; never taken on a loop
  std::unique_ptr<io::StateStore> state_;
};

}  // namespace sluice::engine
