#include "bulk/job_recorder.h"

#include <utility>

namespace sluice::bulk {
namespace {

constexpr std::chrono::milliseconds kBetweenCommits{250};

}  // namespace

JobRecorder::JobRecorder(JobStore& store, const JobOptions& options, std::stop_source failed)
    : store_(store),
      options_(options),
      failed_(std::move(failed)),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

JobRecorder::~JobRecorder() {
  thread_.request_stop();
  thread_.join();
  (void)commit();
}

Result<JobPosition> JobRecorder::load() {
  std::lock_guard hold(store_mutex_);
  const Result<JobPosition> position = store_.position();
  if (!position) return unexpected(position.error());
  const Result<Counts> counts = store_.counts();
  if (!counts) return unexpected(counts.error());
  const Result<std::vector<Step>> left = store_.left_behind();
  if (!left) return unexpected(left.error());
  const Result<std::uint64_t> failed = store_.failure_count();
  if (!failed) return unexpected(failed.error());
  window_.adopt(*left);
  position_ = *position;
  std::lock_guard lock(mutex_);
  totals_ = totals_of(*counts);
  totals_.failed = *failed;
  unread_before_ = totals_.unread;
  return position;
}

std::uint64_t JobRecorder::begin(std::vector<Step> steps, std::string through) {
  return window_.add(std::move(steps), std::move(through));
}

void JobRecorder::seen(const Batch& batch) {
  std::lock_guard lock(mutex_);
  totals_.source += batch.source_names;
  totals_.target += batch.target_names;
  for (const Step& step : batch.steps) {
    if (step.action == Action::remove) change_.extra.push_back(step);
    if (step.action == Action::leave) ++(step.why == Why::same ? totals_.same : totals_.left);
  }
}

void JobRecorder::ended(Outcome outcome, std::optional<std::uint64_t> number, bool failed_before) {
  using What = Outcome::What;
  const std::string name = outcome.step.entry.name;
  {
    std::lock_guard lock(mutex_);
    switch (outcome.what) {
      case What::copied:
        ++totals_.copied;
        totals_.copied_bytes += outcome.bytes;
        break;
      case What::left:
        ++totals_.same;
        break;
      case What::removed:
        ++totals_.removed;
        change_.removed.push_back(name);
        break;
      case What::vanished:
        ++totals_.vanished;
        break;
      case What::failed:
        totals_.failed += failed_before ? 0 : 1;
        change_.failed.push_back(
            {outcome.step, std::string(word(*outcome.cause)), outcome.message, outcome.attempts});
        break;
    }
    if (outcome.what != What::failed && failed_before) {
      --totals_.failed;
      change_.mended.push_back(name);
    }
    if (outcome.what != What::left) outcomes_.push_back(std::move(outcome));
  }
  // Last: a position that has passed the step must find everything about it above.
  if (number) window_.settle(*number);
}

void JobRecorder::requests(std::uint64_t requests, std::uint64_t retries) {
  std::lock_guard lock(mutex_);
  totals_.requests += requests;
  totals_.retries += retries;
}

Result<void> JobRecorder::commit() {
  std::lock_guard hold(store_mutex_);
  if (std::optional<Error> before = error()) return unexpected(*std::move(before));
  Result<void> done = commit_locked();
  if (!done) {
    std::lock_guard lock(mutex_);
    error_ = done.error();
    failed_.request_stop();
  }
  return done;
}

Result<void> JobRecorder::commit_locked() {
  // The window first: what it calls settled has been told before.
  Window::Change moved = window_.take();
  JobChange change;
  std::vector<Outcome> outcomes;
  {
    std::lock_guard lock(mutex_);
    change = std::exchange(change_, {});
    outcomes.swap(outcomes_);
    // What could not be read stands before the position: a later run will not look there again.
    if (options_.unread) totals_.unread = unread_before_ + options_.unread();
    change.counts = counts_of(totals_);
  }
  if (moved.position) {
    position_.name = *std::move(moved.position);
    change.position = position_;
  }
  change.left_behind = std::move(moved.left_behind);
  change.caught_up = std::move(moved.caught_up);
  if (options_.told && !outcomes.empty())
    if (Result<void> said = options_.told(outcomes); !said) return said;
  return change.empty() ? Result<void>() : store_.commit(change);
}

Result<void> JobRecorder::enter(JobPhase phase) {
  if (Result<void> done = commit(); !done) return done;
  std::lock_guard hold(store_mutex_);
  position_.phase = phase;
  JobChange change;
  change.position = position_;
  change.counts = counts_of(totals());
  return store_.commit(change);
}

Totals JobRecorder::totals() const {
  std::lock_guard lock(mutex_);
  return totals_;
}

std::optional<Error> JobRecorder::error() const {
  std::lock_guard lock(mutex_);
  return error_;
}

void JobRecorder::run(std::stop_token stop) {
  std::unique_lock lock(tick_mutex_);
  while (!stop.stop_requested()) {
    tick_.wait_for(lock, stop, kBetweenCommits, [] { return false; });
    (void)commit();
  }
}

}  // namespace sluice::bulk
