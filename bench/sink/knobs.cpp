// Knobs by name, and the limits that all connections share: knobs.h.
#include "bench/sink/knobs.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sink {
namespace {

using Knob = std::pair<std::string_view, std::atomic<double> Knobs::*>;
constexpr Knob kKnobs[] = {
    {"latency", &Knobs::latency},
    {"continue", &Knobs::continue_},
    {"cap", &Knobs::cap},
    {"total", &Knobs::total},
    {"rate", &Knobs::rate},
    {"p503", &Knobs::p503},
    {"p500", &Knobs::p500},
    {"reset", &Knobs::reset},
    {"trunc", &Knobs::trunc},
    {"stall", &Knobs::stall},
    {"stall_conns", &Knobs::stall_conns},
    {"stall_ms", &Knobs::stall_ms},
};
constexpr std::uint64_t kBurstNs = 50'000'000;

}  // namespace

bool Knobs::set(std::string_view name, const std::string& value) {
  if (name == "seed") {
    seed = std::strtoull(value.c_str(), nullptr, 10);
    connections = 0;
    ++seeded;
    return true;
  }
  for (const auto& [known, knob] : kKnobs) {
    if (known != name) continue;
    this->*knob = std::atof(value.c_str());
    return true;
  }
  return false;
}

bool RateLimit::admits(double per_second, std::uint64_t now_ns) {
  const auto step = static_cast<std::uint64_t>(1e9 / per_second);
  std::uint64_t seen = next_.load(std::memory_order_relaxed);
  while (true) {
    const std::uint64_t start = std::max(seen, now_ns);
    if (start - now_ns > kBurstNs) return false;
    if (next_.compare_exchange_weak(seen, start + step, std::memory_order_relaxed)) return true;
  }
}

std::uint64_t Bandwidth::reserve(double per_second, std::uint64_t bytes, std::uint64_t now_ns) {
  const auto step = static_cast<std::uint64_t>(static_cast<double>(bytes) * 1e9 / per_second);
  std::uint64_t seen = next_.load(std::memory_order_relaxed);
  while (true) {
    const std::uint64_t start = std::max(seen, now_ns - kBurstNs);
    if (next_.compare_exchange_weak(seen, start + step, std::memory_order_relaxed)) return start;
  }
}

}  // namespace sink
