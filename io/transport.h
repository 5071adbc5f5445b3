// Transport: one HTTP exchange, no retry, no signature, no redirect. CurlLoop is the real one; tests
// put a scripted one in its place.
#pragma once

#include <chrono>
#include <stop_token>

#include "io/body.h"
#include "io/http.h"
#include "scheduler/task.h"
#include "sluice/result.h"

namespace sluice::io {

/// How long each step took until the answer began; nothing where the connection was open before.
struct Steps {
  std::string address;  ///< that was connected to: the server's, or the proxy's
  std::chrono::microseconds resolved{}, connected{}, secured{}, answered{};  ///< each by itself
};

struct Exchange {
  BodySource* source = nullptr;            ///< request body; null = `bytes`
  std::string bytes;                       ///< small request body
  BodySink* sink = nullptr;                ///< where a 2xx body goes; null = Response::body
  std::optional<std::uint64_t> expects{};  ///< bytes of the answer's body, where they are known
  /// Not null: a GET that falls far behind its peers may end as a timeout and sets this, to be sent anew on
  /// another connection; at most one in twenty does. Needs `expects`; must outlive the exchange.
  bool* lagged = nullptr;
  Steps* steps = nullptr;  ///< not null: filled when the answer begins; must outlive the exchange
  std::stop_token stop;
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// Any HTTP status is a success here. Errors: network, timeout, tls, cancelled, and whatever the
  /// source or sink answered. `request` and `exchange` live in the coroutine; source and sink must
  /// outlive it.
  virtual scheduler::Task<Result<Response>> send(Request request, Exchange exchange) = 0;

  /// Whether requests are limited by the second: then each awaits its turn, before it is signed.
  virtual bool holds_back() const { return false; }
  /// Ends early when stopped.
  virtual scheduler::Task<void> turn(std::stop_token) { co_return; }
};

}  // namespace sluice::io
