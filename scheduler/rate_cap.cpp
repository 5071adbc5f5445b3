#include "scheduler/rate_cap.h"

#include <algorithm>

namespace sluice::scheduler {
namespace {

constexpr auto kWindow = std::chrono::milliseconds(250);
constexpr auto kHold = std::chrono::seconds(2);     // without a refusal, before more is tried
constexpr auto kLifted = std::chrono::seconds(20);  // before the rate is suspected again
constexpr double kTolerated = 0.01;                 // share of refusals
constexpr double kBelow = 0.97, kMore = 1.01;
constexpr double kInUse = 0.8;        // of the cap: less shows nothing of what more would do
constexpr std::uint64_t kFewest = 3;  // refusals, before a rate is suspected
constexpr int kInVain = 3;

}  // namespace

Clock::duration RateCap::claim(Clock::time_point now) {
  if (cap_ <= 0) return {};
  const auto apart = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / cap_));
  next_ = std::max(next_, now);
  const auto wait = next_ - now;
  next_ += apart;
  return wait;
}

void RateCap::answered(bool refused, Clock::time_point now) {
  if (taken_ + refused_ == 0) window_began_ = now;
  ++(refused ? refused_ : taken_);
  if (now - window_began_ < kWindow) return;
  judge(now);
  taken_ = refused_ = 0;
}

void RateCap::lower(double taken_per_second) {
  double to = std::max(1.0, taken_per_second * kBelow);
  // Few taken may also mean that few were made: half the cap at most goes at once.
  if (cap_ > 0) to = std::min(cap_ * kBelow, std::max(to, cap_ / 2));
  cap_ = to;
}

void RateCap::judge(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - window_began_).count();
  const double taken = static_cast<double>(taken_) / seconds;
  const double share = static_cast<double>(refused_) / static_cast<double>(taken_ + refused_);
  const bool too_many = refused_ >= (cap_ > 0 ? 1 : kFewest) && share > kTolerated;
  if (!too_many) {
    in_vain_ = 0;
    if (cap_ > 0 && refused_ == 0 && now >= hold_until_ && taken > cap_ * kInUse) cap_ *= kMore;
    if (refused_ > 0) hold_until_ = now + kHold;
    return;
  }
  if (now < lifted_until_) return;
  hold_until_ = now + kHold;
  if (cap_ <= 0 || share < first_share_ / 2 || share > first_share_ * 2) {
    first_share_ = share;
    in_vain_ = 0;
  } else if (++in_vain_ >= kInVain) {
    cap_ = 0;
    in_vain_ = 0;
    lifted_until_ = now + kLifted;
    return;
  }
  lower(taken);
}

}  // namespace sluice::scheduler
