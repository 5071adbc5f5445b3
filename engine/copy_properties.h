// What a copy stores beside the bytes: the source's properties, but for those that the caller sets.
#pragma once

#include <string>

#include "engine/transfer_context.h"

namespace sluice::engine {

PutOptions with_source_properties(const TransferOptions& options, const ObjectInfo& source,
                                  const std::string& key);

}  // namespace sluice::engine
