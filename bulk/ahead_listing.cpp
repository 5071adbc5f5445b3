#include "bulk/ahead_listing.h"

#include <algorithm>
#include <utility>

#include "scheduler/guarded.h"

namespace sluice::bulk {

AheadListing::AheadListing(Read read, unsigned pages, std::stop_token stop)
    : room_(std::max(1u, pages)), linked_(std::move(stop), [this] {
        stop_.request_stop();
        std::lock_guard lock(mutex_);
        changed_.notify_all();
      }) {
  thread_ = std::thread([this, read = std::move(read)] { run(read); });
}

AheadListing::~AheadListing() {
  stop_.request_stop();
  {
    std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
  thread_.join();
}

void AheadListing::run(const Read& read) {
  Result<void> how;
  try {
    how = read([this](std::vector<Entry> page) { return give(std::move(page)); }, stop_.get_token());
  } catch (...) {
    how = scheduler::caught();
  }
  std::lock_guard lock(mutex_);
  ended_ = std::move(how);
  changed_.notify_all();
}

bool AheadListing::give(std::vector<Entry> page) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_.size() < room_ || stop_.stop_requested(); });
  if (stop_.stop_requested()) return false;
  if (page.empty()) return true;
  ready_.push_back(std::move(page));
  changed_.notify_all();
  return true;
}

Result<std::vector<Entry>> AheadListing::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || ended_ || stop_.stop_requested(); });
  if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "cancelled");
  if (!ready_.empty()) {
    std::vector<Entry> page = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return page;
  }
  if (!*ended_) return unexpected(ended_->error());
  return std::vector<Entry>();
}

}  // namespace sluice::bulk
