#include "scheduler/rate_cap.h"

#include <algorithm>

namespace sluice::scheduler {
namespace {

constexpr auto kWindow = std::chrono::milliseconds(250);
constexpr auto kHold = std::chrono::seconds(2);     // without a refusal, before more is tried
constexpr auto kLifted = std::chrono::seconds(20);  // before the rate is suspected again
constexpr double kTolerated = 0.01;                 // share of refusals
constexpr double kBelow = 0.97, kMore = 1.01;
constexpr double kBack = 1.5, kNearly = 0.9;  // on the way back to a rate that was taken before
constexpr Clock::duration kLongestTurn = std::chrono::milliseconds(250), kIdle = std::chrono::seconds(10);
constexpr double kInUse = 0.8;        // of the cap: less shows nothing of what more would do
constexpr std::uint64_t kFewest = 3;  // refusals, before a rate is suspected
constexpr int kInVain = 3;

}  // namespace

void RateCap::lift() {
  cap_ = 0;
  in_vain_ = 0;
  next_ = {};
}

RateCap::Turn RateCap::claim(Clock::time_point now) {
  if (cap_ > 0 && now - last_ > kIdle) lift();
  if (cap_ <= 0) return {};
  next_ = std::max(next_, now);
  Turn turn;
  turn.wait = std::min(next_ - now, kLongestTurn);
  turn.granted = next_ - now <= kLongestTurn;
  const std::chrono::duration<double> apart(1 / cap_);
  if (turn.granted) next_ += std::chrono::duration_cast<Clock::duration>(apart);
  return turn;
}

void RateCap::answered(bool refused, Clock::time_point now) {
  last_ = now;
  if (taken_ + refused_ == 0) window_began_ = now;
  ++(refused ? refused_ : taken_);
  if (now - window_began_ < kWindow) return;
  judge(now);
  taken_ = refused_ = 0;
}

void RateCap::lower(double taken_per_second, double share) {
  double to = std::max(1.0, taken_per_second * kBelow);
  if (cap_ > 0) {
    // A few refusals are what a little too much brings; many are something new.
    if (share < 0.5) known_good_ = cap_;
    // Few taken may also mean that few were made: half the cap at most goes at once.
    to = std::min(cap_ * kBelow, std::max(to, cap_ / 2));
  }
  cap_ = to;
}

void RateCap::judge(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - window_began_).count();
  const double taken = static_cast<double>(taken_) / seconds;
  const double share = static_cast<double>(refused_) / static_cast<double>(taken_ + refused_);
  if (refused_ == 0) {
    in_vain_ = 0;
    if (cap_ <= 0) {
      known_good_ = taken;
    } else if (taken > cap_ * kInUse) {
      if (cap_ * kBack < known_good_ * kNearly) {
        cap_ *= kBack;
      } else if (now >= hold_until_) {
        cap_ *= kMore;
      }
    }
    return;
  }
  hold_until_ = now + kHold;
  const bool too_many = taken_ > 0 && refused_ >= (cap_ > 0 ? 1 : kFewest) && share > kTolerated;
  if (!too_many || now < lifted_until_) return;
  if (cap_ <= 0 || share < first_share_ / 2 || share > first_share_ * 2) {
    first_share_ = share;
    in_vain_ = 0;
  } else if (++in_vain_ >= kInVain) {
    lift();
    lifted_until_ = now + kLifted;
    return;
  }
  lower(taken, share);
}

}  // namespace sluice::scheduler
