// How one item of a tree goes where it belongs.
#pragma once

#include "engine/tree.h"
#include "engine/tree_run.h"

namespace sluice::engine {

/// Items above this run beside the slots: they have parts, which need slots.
std::uint64_t small_limit(const TransferContext& context, const Dialect& dialect);

/// Of each, everything that is pointed to outlives the task.
scheduler::Task<Result<TransferReport>> upload_item(scheduler::Worker* worker, TransferContext* context,
                                                    const UploadTree* spec, const TreeItem* item);
/// Of this and the next `item->info` is needed: its key. Where its ETag is empty, the store is asked for the rest.
scheduler::Task<Result<TransferReport>> download_item(scheduler::Worker* worker, TransferContext* context,
                                                      const DownloadTree* spec, const TreeItem* item);
scheduler::Task<Result<TransferReport>> copy_item(scheduler::Worker* worker, TransferContext* context,
                                                  const CopyTree* spec, const TreeItem* item);

}  // namespace sluice::engine
