#include "engine/parts_job.h"

#include "scheduler/guarded.h"

namespace sluice::engine {

PartsJob::PartsJob(std::vector<std::uint64_t> indices, unsigned weight, Part part, std::stop_source stop)
    : indices_(std::move(indices)),
      weight_(weight),
      part_(std::move(part)),
      stop_(std::move(stop)),
      latch_(indices_.size()) {}

std::optional<scheduler::Tickets> PartsJob::admit(scheduler::Worker& worker, std::uint64_t) {
  if (!limits_ || stop_.stop_requested()) return scheduler::Tickets();
  return limits_->admit(ways_, worker, weight_);
}

scheduler::Task<void> PartsJob::run(scheduler::Worker& worker, std::uint64_t i, bool) {
  Result<void> done = fail(ErrorKind::cancelled, "cancelled");
  if (!stop_.stop_requested()) done = co_await scheduler::guarded([&] { return part_(worker, indices_[i]); });
  if (!done) {
    {
      std::lock_guard lock(mutex_);
      if (!first_error_) first_error_ = done.error();
    }
    stop_.request_stop();
  }
  latch_.count_down();
}

scheduler::Task<Result<void>> PartsJob::run_all(scheduler::Worker* home, std::shared_ptr<PartsJob> job,
                                                bool in_slot) {
  // Parts that a limit keeps waiting are to end as well.
  const std::stop_callback wake(job->stop_.get_token(), [all = &home->workers()] { all->wake(); });
  if (in_slot) {
    for (std::uint64_t i = 0; i < job->indices_.size(); ++i) co_await job->run(*home, i, false);
  } else {
    home->workers().submit(job, 0, job->indices_.size(), home->index());
  }
  co_await job->latch_.wait(home->loop());
  if (job->first_error_) co_return unexpected(*job->first_error_);
  co_return Result<void>();
}

}  // namespace sluice::engine
