// Download to a callback, in order: ranges are fetched ahead and handed on one after the other.
#pragma once

#include <functional>
#include <memory>

#include "engine/transfer_context.h"

namespace sluice::engine {

using StreamWriter = std::function<Result<void>(std::string_view)>;

/// How many bytes of an object of `size` the range names; a range outside it is refused.
Result<std::uint64_t> length_of(const std::optional<ByteSpan>& range, std::uint64_t size);

/// The whole object, or the range that the context's options name.
scheduler::Task<Result<TransferReport>> download_stream(scheduler::Worker* home, TransferContext* context,
                                                        std::shared_ptr<Store> store, Ref from,
                                                        StreamWriter write);

}  // namespace sluice::engine
