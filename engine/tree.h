// Trees: many objects as one transfer. One bad object does not stop the rest.
//
// Objects begin to move with the first page of the listing (or walk); at most a few thousand wait.
// Small objects run in a worker's slot; one that needs parts runs beside the slots, which its parts
// then use, so that large objects never wait for themselves.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/transfer_context.h"

namespace sluice::engine {

struct UploadTree {
  std::string directory;
  std::shared_ptr<Store> store;
  Ref to;  ///< bucket and key prefix
};
struct DownloadTree {
  std::shared_ptr<Store> store;
  Ref from;
  std::string directory;
};
struct CopyTree {
  std::shared_ptr<Store> from_store;
  Ref from;
  std::shared_ptr<Store> to_store;
  Ref to;
  bool same_store = false;
};

scheduler::Task<Result<TransferReport>> upload_tree(scheduler::Worker* home, TransferContext* context,
                                                    UploadTree spec);
scheduler::Task<Result<TransferReport>> download_tree(scheduler::Worker* home, TransferContext* context,
                                                      DownloadTree spec);
scheduler::Task<Result<TransferReport>> copy_tree(scheduler::Worker* home, TransferContext* context,
                                                  CopyTree spec);

}  // namespace sluice::engine
