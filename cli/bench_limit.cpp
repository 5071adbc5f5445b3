#include "cli/bench_limit.h"

#include <algorithm>

namespace sluice::cli {
namespace {

constexpr double kThrottled = 0.05;  ///< of the answers: more than a passing mood of the store
constexpr double kBusy = 0.85;
constexpr double kNearlySameRate = 0.7;
constexpr double kMostlyLatency = 0.5;      ///< of a part's time
constexpr double kLongestPartSeconds = 10;  ///< in flight, and lost when the run is killed
// A lone connection may fill a link in a measurement; in a transfer it idles between parts, and while an
// object begins or ends.
constexpr unsigned kLeast = 4, kLeastJobs = 2;
constexpr std::uint64_t kSmallestPart = 64ull << 10;

/// How many steps from the first on give every connection the same.
std::size_t proportional(const std::vector<Step>& ladder) {
  std::size_t count = 1;
  while (count < ladder.size() && same_rate(ladder[0], ladder[count])) ++count;
  return count;
}

/// What a connection moves while its bytes flow, by the usual request of the least disturbed of `count`
/// steps: the latency that every request begins with is no bandwidth, and a hiccup of a machine neither.
double rate_of_one(const std::vector<Step>& ladder, std::size_t count, double latency) {
  double best = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Step& step = ladder[i];
    if (!step.request) continue;
    const double flows = std::max(step.request->p50 - latency, kMostlyLatency * step.request->p50);
    best = std::max(best, static_cast<double>(step.bytes) / flows);
  }
  return best > 0 ? best : ladder[0].bytes_per_second / ladder[0].connections;
}

const Step& fastest(const std::vector<Step>& steps) {
  return *std::max_element(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return a.bytes_per_second < b.bytes_per_second;
  });
}

}  // namespace

const char* name_of(Limit::Kind kind) {
  switch (kind) {
    case Limit::Kind::connection:
      return "connection";
    case Limit::Kind::latency:
      return "latency";
    case Limit::Kind::requests:
      return "requests";
    case Limit::Kind::cpu:
      return "cpu";
    case Limit::Kind::store_or_network:
      return "store or network";
  }
  return "";
}

bool same_rate(const Step& alone, const Step& many) {
  const double growth = static_cast<double>(many.connections) / alone.connections;
  const double grown = many.bytes_per_second / (growth * alone.bytes_per_second);
  if (!alone.request || !many.request) return grown >= kSameRate;
  return grown >= kNearlySameRate && many.request->p50 * kSameRate <= alone.request->p50;
}

const Step& enough(const std::vector<Step>& steps) {
  const double least = fastest(steps).bytes_per_second / kWorthwhile;
  return *std::find_if(steps.begin(), steps.end(),
                       [least](const Step& step) { return step.bytes_per_second >= least; });
}

bool still_rises(const std::vector<Step>& steps) {
  if (steps.size() < 2) return true;
  const std::vector<Step> before(steps.begin(), steps.end() - 1);
  return steps.back().bytes_per_second > 0 &&
         steps.back().bytes_per_second >= kWorthwhile * fastest(before).bytes_per_second;
}

std::optional<Limit> limit_of(const std::vector<Step>& ladder, std::optional<double> latency) {
  if (ladder.size() < 2 || ladder[0].bytes_per_second <= 0) return {};
  Limit limit;
  limit.upload = ladder[0].upload;
  limit.bytes = ladder[0].bytes;
  limit.connections = enough(ladder).connections;
  limit.bytes_per_second = fastest(ladder).bytes_per_second;
  limit.requests_per_second = fastest(ladder).requests_per_second;

  if (!still_rises(ladder) && ladder.back().throttled_share() >= kThrottled) {
    limit.kind = Limit::Kind::requests;
    return limit;
  }
  const std::size_t same = proportional(ladder);
  const Step& last_same = ladder[same - 1];
  if (same == ladder.size() || last_same.connections >= kProvenGrowth * ladder[0].connections) {
    const bool waits = latency && ladder[0].request && *latency >= kMostlyLatency * ladder[0].request->p50;
    limit.kind = waits ? Limit::Kind::latency : Limit::Kind::connection;
    limit.connections = last_same.connections;
    limit.bytes_per_second = rate_of_one(ladder, same, waits ? 0 : latency.value_or(0));
    limit.requests_per_second = limit.bytes_per_second / static_cast<double>(limit.bytes);
    if (waits) limit.seconds = *latency;
    return limit;
  }
  if (ladder.back().busy >= kBusy) limit.kind = Limit::Kind::cpu;
  return limit;
}

Tuned tuned(const std::vector<Findings>& directions, std::uint64_t part_size) {
  Tuned out;
  out.part_size = part_size;
  unsigned for_small = 0, measured = 0;
  double most_in_flight = 0;
  for (const Findings& one : directions) {
    const Step& parts = enough(one.parts);
    out.jobs = std::max(out.jobs, parts.connections);
    measured = std::max(measured, one.parts.back().connections);
    most_in_flight = std::max(most_in_flight, parts.requests_per_second * kLongestPartSeconds);
    if (!one.small.empty()) for_small = std::max(for_small, enough(one.small).connections);
    if (!one.larger.empty()) out.part_size = std::max(out.part_size, enough(one.larger).bytes);
  }
  // What small objects gain from must not leave every part of a large one a trickle.
  const auto bearable = static_cast<unsigned>(std::clamp(most_in_flight, 1.0, 1024.0));
  out.concurrency = std::max({out.jobs, std::min(for_small, bearable), std::min(kLeast, measured)});
  out.jobs = std::max(out.jobs, std::min(kLeastJobs, measured));
  return out;
}

std::uint64_t fitting_part(const Step& alone, double seconds) {
  const double takes = static_cast<double>(alone.bytes) / alone.bytes_per_second;
  std::uint64_t part = alone.bytes;
  if (alone.done == 0 || alone.bytes_per_second <= 0) {
    part /= 8;
  } else {
    for (double left = takes; left > seconds; left /= 2) part /= 2;
  }
  return std::min(alone.bytes, std::max(part, kSmallestPart));
}

}  // namespace sluice::cli
