#include "engine/progress.h"

namespace sluice::engine {
namespace {

using namespace std::chrono_literals;
constexpr auto kInterval = 100ms;
constexpr auto kRateWindow = 3s;

}  // namespace

ProgressMeter::ProgressMeter(ProgressCallback callback) : callback_(std::move(callback)) {
  if (callback_) thread_ = std::thread([this] { run(); });
}

ProgressMeter::~ProgressMeter() {
  finish();
}

void ProgressMeter::set_total(std::uint64_t bytes, std::uint64_t parts) {
  total_bytes_ = bytes;
  total_parts_ = parts;
  total_known_ = true;
}

void ProgressMeter::add_total(std::uint64_t bytes, std::uint64_t parts) {
  total_bytes_ += bytes;
  total_parts_ += parts;
  total_known_ = true;
}

void ProgressMeter::part_done(std::uint64_t bytes) {
  bytes_ += bytes;
  ++parts_;
  ++changes_;
}

void ProgressMeter::object_done() {
  ++objects_;
  ++changes_;
}

void ProgressMeter::finish() {
  finished_ = true;
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable() && thread_.get_id() != std::this_thread::get_id()) thread_.join();
}

Progress ProgressMeter::snapshot() const {
  Progress p;
  // Done is read before total, so that no snapshot shows more done than there is.
  p.bytes_done = bytes_;
  p.parts_done = parts_;
  p.objects_done = objects_;
  if (total_known_) {
    p.bytes_total = total_bytes_.load();
    p.parts_total = total_parts_.load();
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started_;
  p.bytes_per_second = elapsed.count() > 0 ? static_cast<double>(p.bytes_done) / elapsed.count() : 0;
  p.finished = finished_;
  return p;
}

void ProgressMeter::call(bool last) {
  Progress p = snapshot();
  const auto now = std::chrono::steady_clock::now();
  window_.emplace_back(now, p.bytes_done);
  while (window_.size() > 2 && now - window_.front().first > kRateWindow) window_.pop_front();
  const std::chrono::duration<double> span = now - window_.front().first;
  if (span.count() > 0)
    p.bytes_per_second = static_cast<double>(p.bytes_done - window_.front().second) / span.count();
  p.finished = last;
  try {
    callback_(p);
  } catch (...) {
    // A display that fails is no reason to lose the transfer.
  }
}

void ProgressMeter::run() {
  auto next = started_ + kInterval;
  bool called = false;
  window_.emplace_back(started_, 0);
  std::uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_until(lock, next, [this] { return ending_; })) {
    next = std::chrono::steady_clock::now() + kInterval;
    if (changes_ == seen) continue;
    seen = changes_;
    lock.unlock();
    call(false);
    called = true;
    next = std::chrono::steady_clock::now() + kInterval;
    lock.lock();
  }
  lock.unlock();
  // The last call keeps the distance too; a transfer that ended before the first call waits for nothing.
  if (called) std::this_thread::sleep_until(next);
  call(true);
}

}  // namespace sluice::engine
