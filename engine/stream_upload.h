// Upload of a stream of unknown length: parts grow so that the store's largest object fits.
//
// A stream cannot be read again, so each part is held until the store has it: in memory, or above an
// eighth of the memory ceiling in an unlinked spool file. Not resumable by another process.
#pragma once

#include <functional>
#include <memory>

#include "engine/transfer_context.h"

namespace sluice::engine {

using StreamReader = std::function<Result<std::size_t>(std::span<char>)>;

scheduler::Task<Result<TransferReport>> upload_stream(scheduler::Worker* home, TransferContext* context,
                                                      StreamReader read, std::shared_ptr<Store> store,
                                                      Ref to);

}  // namespace sluice::engine
