#include "scheduler/deque.h"

#include <algorithm>

namespace sluice::scheduler {

std::vector<std::uint64_t> Job::by_worker(unsigned count) const {
  std::vector<std::uint64_t> counts(std::min(count, kMaxWorkers));
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = carried_[i].load(std::memory_order_relaxed);
  return counts;
}

void Job::count(unsigned worker, bool was_stolen) {
  carried_[worker].fetch_add(1, std::memory_order_relaxed);
  if (was_stolen) stolen_.fetch_add(1, std::memory_order_relaxed);
}

Range split(Range& range) {
  Range far = range;
  far.lo = range.lo + range.size() / 2;
  range.hi = far.lo;
  return far;
}

Range take_first(Range& range) {
  Range one = range;
  one.hi = one.lo + 1;
  ++range.lo;
  return one;
}

namespace {

bool among(const Job* job, std::span<const std::shared_ptr<Job>> jobs) {
  return std::any_of(jobs.begin(), jobs.end(), [job](const auto& other) { return other.get() == job; });
}

}  // namespace

void Deque::push(Range range) {
  if (range.empty()) return;
  std::lock_guard lock(mutex_);
  ranges_.push_back(std::move(range));
}

void Deque::put_back(Range range) {
  std::lock_guard lock(mutex_);
  const auto next = std::find_if(ranges_.begin(), ranges_.end(), [&range](const Range& other) {
    return other.job == range.job && other.home == range.home && other.lo == range.hi;
  });
  if (next != ranges_.end())
    next->lo = range.lo;
  else
    ranges_.push_front(std::move(range));
}

std::optional<Range> Deque::take(std::span<const std::shared_ptr<Job>> except) {
  std::lock_guard lock(mutex_);
  const auto range = std::find_if(ranges_.begin(), ranges_.end(),
                                  [except](const Range& r) { return !among(r.job.get(), except); });
  if (range == ranges_.end()) return {};
  Range one = take_first(*range);
  if (range->empty()) ranges_.erase(range);
  return one;
}

std::optional<Range> Deque::steal(std::span<const std::shared_ptr<Job>> except) {
  std::lock_guard lock(mutex_);
  const auto range = std::find_if(ranges_.rbegin(), ranges_.rend(), [except](const Range& r) {
    return r.job->stealable() && !among(r.job.get(), except);
  });
  if (range == ranges_.rend()) return {};
  Range far = split(*range);
  if (range->empty()) ranges_.erase(std::next(range).base());
  return far;
}

std::uint64_t Deque::withdraw(const Job& job) {
  std::vector<Range> dropped;  // so that no job is destroyed under the lock
  std::uint64_t indices = 0;
  std::lock_guard lock(mutex_);
  std::erase_if(ranges_, [&](Range& range) {
    if (range.job.get() != &job) return false;
    indices += range.size();
    dropped.push_back(std::move(range));
    return true;
  });
  return indices;
}

std::uint64_t Deque::indices() const {
  std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const Range& range : ranges_) sum += range.size();
  return sum;
}

}  // namespace sluice::scheduler
