// Mover: how the things of one side get to the other, whichever they are.
#pragma once

#include "bulk/side.h"
#include "bulk/step.h"
#include "engine/tree.h"
#include "engine/tree_run.h"

namespace sluice::bulk {

class Mover {
 public:
  Mover(Side from, Side to, bool same_store);

  /// Refuses what the target cannot keep with any object.
  Result<void> check(const TransferOptions&) const;
  /// Items above this run beside the slots.
  std::uint64_t small(const engine::TransferContext&) const;
  /// That the bytes of these go.
  scheduler::Ways ways() const;
  engine::TreeItem item(const Step&, std::uint64_t number) const;

  /// Moves an item; everything that is pointed to outlives the task.
  scheduler::Task<Result<TransferReport>> move(scheduler::Worker*, engine::TransferContext*,
                                               const engine::TreeItem*) const;
  /// Has the source still a thing of that name? Asks it.
  scheduler::Task<Result<bool>> there(scheduler::Worker*, engine::TransferContext*,
                                      const engine::TreeItem*) const;
  /// Is it what the step says? Asks it. Otherwise is_source_changed().
  scheduler::Task<Result<void>> as_planned(scheduler::Worker*, engine::TransferContext*,
                                           const engine::TreeItem*, Step) const;
  /// Removes these of the target; answers one result for each.
  std::vector<Result<void>> remove(engine::Runtime&, const std::vector<Step>&) const;

  const Side& from() const { return from_; }
  const Side& to() const { return to_; }

 private:
  std::vector<Result<void>> remove_objects(engine::Runtime&, const std::vector<Step>&) const;

  const Side from_, to_;
  // Of these the one that fits the two sides is used.
  const engine::UploadTree upload_;
  const engine::DownloadTree download_;
  const engine::CopyTree copy_;
};

}  // namespace sluice::bulk
