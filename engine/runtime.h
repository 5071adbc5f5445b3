// Runtime: what every transfer of one client shares: workers, pool, budgets, settings.
//
// Members are ordered by lifetime: workers end first (they wait for what still runs), then the flow that
// their loops report to, the pool, the budgets.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "engine/store.h"
#include "io/curl_loop.h"
#include "io/flow.h"
#include "scheduler/budget.h"
#include "scheduler/pool.h"
#include "scheduler/quick_jobs.h"
#include "scheduler/rate_limits.h"
#include "scheduler/workers.h"
#include "sluice/types.h"

namespace sluice::engine {

/// What a request takes where the number in flight is found: bytes on their way are what fills a link, and
/// the caches of a near store's client. A slot is 1 MiB of them; 8 MiB and more are eight.
inline constexpr unsigned kHeaviest = 8;
inline unsigned slots_for(std::uint64_t bytes) {
  return static_cast<unsigned>(std::clamp<std::uint64_t>((bytes + (1u << 20) - 1) >> 20, 1, kHeaviest));
}

/// With every default filled in, and the ranges checked; concurrency: the most at any time.
Result<ClientOptions> filled(ClientOptions options);

class Runtime {
 public:
  /// Fills in the defaults, checks the ranges, starts the threads. `limits`: another client's, or null.
  static Result<std::unique_ptr<Runtime>> create(ClientOptions options,
                                                 std::shared_ptr<scheduler::RateLimits> limits = nullptr);

  ClientOptions options;      ///< filled
  scheduler::Budget memory;   ///< bytes of parts held in memory (streams)
  scheduler::Budget held;     ///< of these, of ranges that may have to be read twice: a quarter, or one
  scheduler::Budget objects;  ///< large objects of trees at once
  const std::shared_ptr<scheduler::RateLimits> limits;  ///< of all requests, and maybe of other clients'
  scheduler::BlockingPool pool;
  scheduler::QuickJobs small_files;
  std::unique_ptr<io::Flow> flow;  ///< null: the number of requests in flight is given
  std::unique_ptr<scheduler::Workers> workers;

  /// Requests in flight of a stream, whose pieces take no slots.
  unsigned requests_beside_slots() const { return flow ? kRequestsOfAStream : options.concurrency; }

  /// One buffer's share of the memory, `least` to `most`, with as many requests as there are in flight.
  std::size_t buffer_share(std::size_t least, std::size_t most) const;

 private:
  static constexpr unsigned kRequestsOfAStream = 32;

  Runtime(ClientOptions given, std::shared_ptr<scheduler::RateLimits> limits);
  Result<void> start(bool adapts);
};

/// What an operation runs on, seen from `worker`.
inline Call call_on(scheduler::Worker& worker, std::stop_token stop) {
  Call call;
  call.worker = &worker;
  call.transport = &worker.service<io::Transport>();
  call.loop = &worker.loop();
  call.stop = std::move(stop);
  return call;
}

}  // namespace sluice::engine
