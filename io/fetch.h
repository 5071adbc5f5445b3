// fetch: one small request of a thread that has no loop of its own. Nothing goes through a proxy, nothing is
// sent again.
#pragma once

#include <chrono>

#include "io/http.h"
#include "sluice/result.h"

namespace sluice::io {

/// Blocks for `limit` at most, `connect` of it until there is a connection. Any HTTP status is a success;
/// errors as Transport::send.
Result<Response> fetch(Request request, std::chrono::milliseconds connect, std::chrono::milliseconds limit);

}  // namespace sluice::io
