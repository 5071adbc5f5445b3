// Upload of what a web server sends: a stream whose type is known, and often its length.
#pragma once

#include <memory>
#include <string>

#include "engine/transfer_context.h"

namespace sluice::engine {

/// `url`: http or https; kind argument when it is neither.
scheduler::Task<Result<TransferReport>> upload_url(scheduler::Worker* home, TransferContext* context,
                                                   std::string url, std::shared_ptr<Store> store, Ref to);

}  // namespace sluice::engine
