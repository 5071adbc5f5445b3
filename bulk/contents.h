// Whether two things of one size hold the same bytes, by the checksums that both sides can tell.
#pragma once

#include "bulk/side.h"
#include "engine/tree_run.h"

namespace sluice::bulk {

/// Asks stores for what they publish: CRC64, CRC32C, CRC64-NVME, else an ETag that is an MD5; a file is read
/// for the same. False where they differ, and where the sides share nothing to compare by.
scheduler::Task<Result<bool>> same_contents(scheduler::Worker*, engine::TransferContext*, const Side* from,
                                            const Side* to, const engine::TreeItem*);

}  // namespace sluice::bulk
