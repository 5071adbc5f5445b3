// fetch: one small request of a thread that has no loop of its own. Nothing is sent again.
#pragma once

#include <chrono>

#include "io/transport.h"
#include "sluice/result.h"

namespace sluice::io {

struct FetchOptions {
  std::chrono::milliseconds connect{}, limit{};  ///< until there is a connection, and altogether
  bool proxies = false;                          ///< as the environment says; else none
  std::string ca_file{};                         ///< PEM; empty = the system's
  Steps* steps = nullptr;                        ///< filled when there is an answer
};

/// Blocks for `limit` at most. Any HTTP status is a success; errors as Transport::send.
Result<Response> fetch(Request request, const FetchOptions& options);
/// Through no proxy.
Result<Response> fetch(Request request, std::chrono::milliseconds connect, std::chrono::milliseconds limit);

}  // namespace sluice::io
