// PartsJob: the parts of one transfer, over all workers, awaited by the coroutine that drives it.
//
// The first error wins and stops the rest; parts that have not begun then end without a request.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "scheduler/job.h"
#include "scheduler/latch.h"
#include "scheduler/rate_limits.h"
#include "scheduler/workers.h"
#include "sluice/result.h"

namespace sluice::engine {

class PartsJob final : public scheduler::Job {
 public:
  /// One part, by its index in the plan. Must outlive the run.
  using Part = std::function<scheduler::Task<Result<void>>(scheduler::Worker&, std::uint64_t index)>;

  /// `weight`: of each part, in slots.
  PartsJob(std::vector<std::uint64_t> indices, unsigned weight, Part part, std::stop_source stop);

  /// Under limits of these ways fewer parts run at once. To be called before they run.
  void keep_to(scheduler::RateLimits& limits, scheduler::Ways ways) {
    limits_ = &limits;
    ways_ = ways;
  }

  scheduler::Task<void> run(scheduler::Worker& worker, std::uint64_t i, bool stolen) override;
  std::optional<scheduler::Tickets> admit(scheduler::Worker& worker, std::uint64_t) override;
  unsigned weight(std::uint64_t) const override { return weight_; }

  /// Runs every part and answers the first error. Await it on `home`; the parts begin there. From within
  /// a slot they run one after the other in that slot: every slot may be held by a waiter like this one.
  static scheduler::Task<Result<void>> run_all(scheduler::Worker* home, std::shared_ptr<PartsJob> job,
                                               bool in_slot = false);

 private:
  const std::vector<std::uint64_t> indices_;
  const unsigned weight_;
  const Part part_;
  std::stop_source stop_;
  scheduler::RateLimits* limits_ = nullptr;
  scheduler::Ways ways_ = scheduler::kNoWay;
  scheduler::Latch latch_;
  std::mutex mutex_;
  std::optional<Error> first_error_;
};

}  // namespace sluice::engine
