// Limits in their time: limit_keeper.h.
#include "cli/limit_keeper.h"

#include <algorithm>
#include <utility>

namespace sluice::cli {
namespace {

constexpr std::chrono::seconds kLook{30};

}  // namespace

LimitKeeper::LimitKeeper(Set set, Timetable bandwidth, double requests, Now now)
    : set_(std::move(set)), now_(std::move(now)) {
  change(std::move(bandwidth), requests);
}

void LimitKeeper::change(Timetable bandwidth, double requests) {
  const std::lock_guard lock(mutex_);
  bandwidth_ = std::move(bandwidth);
  requests_ = requests;
  ++version_;
  const bool lasts = !set_locked();
  if (!lasts && !thread_.joinable()) thread_ = std::jthread([this](std::stop_token stop) { watch(stop); });
  changed_.notify_all();
}

std::optional<std::chrono::system_clock::duration> LimitKeeper::set_locked() {
  const auto now = now_();
  const RatesNow found = rates_at(bandwidth_, now);
  set_(Limits{found.rates.up, found.rates.down, requests_});
  if (!found.until) return {};
  return *found.until - now;
}

void LimitKeeper::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto holds = set_locked();
    const std::chrono::system_clock::duration most = kLook;
    const auto changed = [this, known = version_] { return version_ != known; };
    changed_.wait_for(lock, stop, std::min(holds.value_or(most), most), changed);
  }
}

}  // namespace sluice::cli
