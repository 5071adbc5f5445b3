// CurlLoop: the event loop of one worker. One asio::io_context drives one curl multi handle.
//
// The thread that calls run() owns everything inside; send() is awaited on that thread. post() and
// stop() may be called from any thread, and a stop token given to send() may be fired from any.
// HTTP/1.1 only, kept alive; no redirects, no retries, no proxies for loopback, nothing added to the
// request but Host, User-Agent and Content-Length.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/transport.h"
#include "scheduler/loop.h"
#include "sluice/result.h"

namespace sluice::scheduler {
class RateLimits;
}

namespace sluice::io {

class Flow;

struct CurlLoopOptions {
  std::string ca_file;  ///< PEM bundle; empty = the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::seconds stall_timeout{30};   ///< slower than stall_rate for this long: timeout; 0 = never
  std::uint32_t stall_rate = 1024;          ///< bytes a second
  std::size_t buffer = 512u << 10;          ///< per request in flight at most, 64 KiB to 2 MiB
  std::size_t buffers = 16u << 20;          ///< all of them together, but 64 KiB each at least
  unsigned max_connections = 0;             ///< open at once in this loop; 0 = no limit
  std::vector<std::string> resolve;         ///< "name:port:address", instead of DNS
  std::string user_agent = "sluice/0.1.0";
  bool proxies = true;   ///< as the environment says; off: none
  Flow* flow = nullptr;  ///< told what moves; must outlive the loop
  scheduler::RateLimits* limits = nullptr;  ///< kept to; must outlive the loop
};

/// What a loop has done so far. Any thread.
struct CurlLoopCounters {
  std::uint64_t requests = 0;
  std::uint64_t connections = 0;  ///< opened
};

class CurlLoop final : public scheduler::Loop, public Transport {
 public:
  /// Fails when the CA file cannot be read or the system gives no descriptors.
  static Result<std::unique_ptr<CurlLoop>> create(CurlLoopOptions options);
  ~CurlLoop() override;

  void run() override;
  void stop() override;
  void post(std::function<void()> f) override;
  std::uint64_t after(scheduler::Clock::duration delay, std::function<void()> f) override;
  void cancel_timer(std::uint64_t id) override;

  scheduler::Task<Result<Response>> send(Request request, Exchange exchange) override;
  bool holds_back() const override;
  scheduler::Task<void> turn(std::stop_token stop) override;

  CurlLoopCounters counters() const;
  /// How long its thread has run, or waited for a processor. Any thread.
  std::chrono::nanoseconds busy() const;

 private:
  class State;
  explicit CurlLoop(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::io
