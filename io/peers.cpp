#include "io/peers.h"

namespace sluice::io {
namespace {

constexpr std::uint64_t kEnough = 8;          // samples before anyone is judged
constexpr std::uint64_t kTelling = 64 << 10;  // bytes of a body whose time tells of the connection
constexpr double kRecent = 1.0 / 8;
constexpr double kAlike = 4;  // times as large, and still comparable
constexpr auto kLeastSilence = std::chrono::milliseconds(600);
constexpr auto kLeastDelay = std::chrono::milliseconds(500);

double seconds(Peers::Duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

void Peers::ended(Duration to_first_byte, std::uint64_t bytes, Duration body) {
  const double recent = samples_ == 0 ? 1 : kRecent;
  first_byte_ += std::chrono::duration_cast<Duration>((to_first_byte - first_byte_) * recent);
  if (bytes >= kTelling) {
    const double each = seconds(body) / static_cast<double>(bytes);
    const double weight = bodies_ == 0 ? 1 : kRecent;
    seconds_a_byte_ += weight * (each - seconds_a_byte_);
    usual_body_ += weight * (static_cast<double>(bytes) - usual_body_);
    ++bodies_;
  }
  ++samples_;
}

Peers::Duration Peers::usual(std::uint64_t bytes) const {
  const std::chrono::duration<double> body(seconds_a_byte_ * static_cast<double>(bytes));
  return first_byte_ + std::chrono::duration_cast<Duration>(body);
}

bool Peers::far_behind(const Standing& one) const {
  if (samples_ < kEnough) return false;
  if (one.silent > std::max<Duration>(kLeastSilence, 3 * first_byte_)) return true;
  // Small bodies come in one burst: they tell nothing of how long a large one takes.
  if (bodies_ < kEnough || static_cast<double>(one.size) > kAlike * usual_body_) return false;
  const Duration whole = usual(one.size);
  if (one.done == 0 || one.since_start < 3 * whole + kLeastDelay) return false;
  const double left = static_cast<double>(one.size - std::min(one.done, one.size));
  return seconds(one.since_start) * left / static_cast<double>(one.done) > 1.5 * seconds(whole);
}

}  // namespace sluice::io
