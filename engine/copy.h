// Copies: server-side within one store, streamed through memory between two, never through disk.
#pragma once

#include <memory>
#include <optional>

#include "engine/transfer_context.h"

namespace sluice::engine {

struct CopySpec {
  std::shared_ptr<Store> from_store;
  Ref from;
  std::shared_ptr<Store> to_store;
  Ref to;
  bool same_store = false;           ///< same endpoint, region and account: the store copies by itself
  std::optional<ObjectInfo> info{};  ///< when a listing has told it: where that is enough, there is no HEAD
};

/// Drives one copy on `home`. `context` outlives the task.
scheduler::Task<Result<TransferReport>> copy(scheduler::Worker* home, TransferContext* context,
                                             CopySpec spec);

}  // namespace sluice::engine
