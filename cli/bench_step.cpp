#include "cli/bench_step.h"

#include <algorithm>
#include <cmath>

namespace sluice::cli {
namespace {

using Outcome = ProbeRequest::Outcome;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

/// The share of a request that lies between two times.
double share_within(const ProbeRequest& one, double from, double to) {
  const double began = seconds(one.began), ended = seconds(one.ended);
  const double within = std::min(ended, to) - std::max(began, from);
  return within <= 0 || ended <= began ? 0 : within / (ended - began);
}

}  // namespace

std::optional<Percentiles> percentiles(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(rank, 1) - 1];
  };
  return Percentiles{at(0.5), at(0.9), at(0.99)};
}

Step summarize(const ProbeOptions& options, const ProbeReport& report, unsigned cores) {
  const double to = seconds(report.load), from = to / 4;
  Step step;
  step.upload = options.upload;
  step.bytes = options.bytes;
  step.connections = options.connections;
  std::vector<double> times, first_bytes;
  for (const ProbeRequest& one : report.requests) {
    const double share = share_within(one, from, to);
    if (share <= 0) continue;
    step.throttled += one.outcome == Outcome::throttled;
    step.failed += one.outcome == Outcome::failed;
    const bool done = one.outcome == Outcome::done;
    if (done || one.outcome == Outcome::cut) step.bytes_per_second += share * static_cast<double>(one.bytes);
    if (!done) continue;
    ++step.done;
    step.requests_per_second += share;
    times.push_back(seconds(one.ended - one.began));
    if (one.first_byte.count() > 0) first_bytes.push_back(seconds(one.first_byte));
  }
  if (to > from) {
    step.bytes_per_second /= to - from;
    step.requests_per_second /= to - from;
  }
  step.request = percentiles(std::move(times));
  step.first_byte = percentiles(std::move(first_bytes));
  const unsigned usable = std::max(1u, std::min(report.workers, cores));
  if (to > 0) step.busy = std::min(1.0, seconds(report.cpu) / (to * usable));
  return step;
}

}  // namespace sluice::cli
