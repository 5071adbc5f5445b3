#include "engine/recorder.h"

namespace sluice::engine {
namespace {

using namespace std::chrono_literals;
constexpr auto kDelay = 200ms;  // leaves 50 ms of the promised 250 for the commit itself
constexpr std::size_t kGroup = 64;

io::DigestValues digests_of(const io::PartRecord& part) {
  io::DigestValues values;
  values.bytes = part.length;
  values.crc64 = part.crc64;
  values.crc32c = part.crc32c;
  values.crc64nvme = part.crc64nvme;
  return values;
}

}  // namespace

io::DigestValues combine(const std::vector<std::optional<io::PartRecord>>& parts) {
  io::DigestValues all = io::digests_of_nothing();
  for (const auto& part : parts) {
    if (!part) return {};
    all = io::combine(all, digests_of(*part));
  }
  return all;
}

Recorder::Recorder(std::unique_ptr<io::StateStore> state, scheduler::BlockingPool& pool,
                   std::function<Result<void>()> sync)
    : pool_(pool), sync_(std::move(sync)), state_(std::move(state)) {}

void Recorder::part_done(scheduler::Loop& loop, io::PartRecord part) {
  std::size_t waiting = 0;
  {
    std::lock_guard lock(pending_mutex_);
    pending_.push_back(std::move(part));
    waiting = pending_.size();
  }
  const auto commit = [self = shared_from_this()] {
    self->scheduled_ = false;
    // A commit that fails leaves the records waiting; the next one, or close(), tries again.
    (void)self->flush();
  };
  if (waiting == kGroup) {
    pool_.post(commit);
    return;
  }
  if (scheduled_.exchange(true)) return;
  loop.after(kDelay, [self = shared_from_this(), commit] { self->pool_.post(commit); });
}

Result<void> Recorder::flush() {
  std::lock_guard lock(mutex_);
  return flush_locked();
}

Result<void> Recorder::flush_locked() {
  if (!state_) return {};
  std::vector<io::PartRecord> taken;
  {
    std::lock_guard lock(pending_mutex_);
    taken.swap(pending_);
  }
  if (!taken.empty() && sync_) {
    if (auto synced = sync_(); !synced) {
      std::lock_guard lock(pending_mutex_);
      pending_.insert(pending_.begin(), taken.begin(), taken.end());
      return synced;
    }
  }
  for (io::PartRecord& part : taken) state_->add_part(std::move(part));
  return state_->flush();
}

Result<void> Recorder::close() {
  std::lock_guard lock(mutex_);
  auto flushed = flush_locked();
  state_.reset();
  return flushed;
}

Result<void> Recorder::remove() {
  std::lock_guard lock(mutex_);
  if (!state_) return {};
  auto removed = state_->remove();
  state_.reset();
  return removed;
}

}  // namespace sluice::engine
