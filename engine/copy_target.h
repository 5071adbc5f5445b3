// Asks what a copy's target has become: where the answer to the writing request proved nothing.
#pragma once

#include <memory>
#include <string>

#include "engine/transfer_context.h"

namespace sluice::engine {

struct AskedTarget {
  std::string etag;
  std::string how;  ///< as verify() has it
};

/// One HEAD, held against what was sent, its size included. What is not that is removed, and an error.
scheduler::Task<Result<AskedTarget>> ask_target(scheduler::Worker* worker, TransferContext* context,
                                                std::shared_ptr<Store> store, Ref to, io::DigestValues sent);

}  // namespace sluice::engine
