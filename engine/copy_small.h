// Copies of small objects between two stores: one GET, held in memory as a whole, and one PUT.
//
// The GET's answer tells what HEAD would have told, and the PUT's what it has stored: the target is asked
// only where that proves nothing. Each of the two is retried by itself. What is copied is the object as it is
// when it is read, whatever was listed of it. Budgeted by Runtime::memory.
#pragma once

#include <optional>

#include "engine/copy.h"

namespace sluice::engine {

/// Size up to which a copy goes this way.
std::uint64_t small_copy_limit(const TransferContext&, const Limits& target);

/// `size`: as it was told. Nothing: the object has grown beyond it, and nothing was written.
scheduler::Task<Result<std::optional<TransferReport>>> copy_small(scheduler::Worker* home,
                                                                  TransferContext* context, CopySpec spec,
                                                                  std::uint64_t size);

}  // namespace sluice::engine
