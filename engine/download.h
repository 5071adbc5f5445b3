// Downloads into a file or memory, as one GET or in ranges.
#pragma once

#include <memory>
#include <string>

#include "engine/transfer_context.h"

namespace sluice::engine {

struct DownloadSpec {
  std::shared_ptr<Store> store;
  Ref from;
  std::string path;               ///< final name; or
  std::string* memory = nullptr;  ///< where the bytes go
  bool create_parents = false;
  std::optional<ObjectInfo> info;  ///< when a listing has told it: small objects then need no HEAD
};

/// Drives one download on `home`. `context` outlives the task.
scheduler::Task<Result<TransferReport>> download(scheduler::Worker* home, TransferContext* context,
                                                 DownloadSpec spec);

}  // namespace sluice::engine
