// What the steps of a measurement say: which of them is enough, what limits, which knobs fit.
//
// Pure functions. A ladder is the steps of one direction and one size of request, connections rising.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/bench_step.h"

namespace sluice::cli {

/// A step that brings less than this over the one before it brings nothing.
inline constexpr double kWorthwhile = 1.1;
/// Connections that get this share of what one alone gets, get the same.
inline constexpr double kSameRate = 0.85;
/// That many times the connections at the same rate, and it is the connection that limits.
inline constexpr unsigned kProvenGrowth = 16;

struct Limit {
  enum class Kind {
    connection,        ///< each connection moves `bytes_per_second` once bytes flow, whatever their number
    latency,           ///< each request takes `seconds`, whatever their number
    requests,          ///< above `requests_per_second` the store says "slow down"
    cpu,               ///< this process uses its cores up, at the rates given
    store_or_network,  ///< all connections together get the rates given, whatever their number
  };
  Kind kind = Kind::store_or_network;
  bool upload = false;
  std::uint64_t bytes = 0;   ///< of the requests that were measured
  unsigned connections = 0;  ///< that this was seen with
  double bytes_per_second = 0, requests_per_second = 0, seconds = 0;
};

const char* name_of(Limit::Kind);

/// The first step that no other surpasses by what is worthwhile. `steps` is not empty.
const Step& enough(const std::vector<Step>& steps);

/// Does every connection get what one alone gets? The usual request tells; that all of them together fall
/// a little short of it may be a hiccup.
bool same_rate(const Step& alone, const Step& many);

/// Did the last step bring something over all before it?
bool still_rises(const std::vector<Step>& steps);

/// `latency`: seconds that a small request takes alone, where that is known. Nothing for fewer than two
/// steps, which cannot tell.
std::optional<Limit> limit_of(const std::vector<Step>& ladder, std::optional<double> latency);

/// What a direction's measurement found; parts may be all there is.
struct Findings {
  std::vector<Step> small, parts;
  std::vector<Step> larger;  ///< parts of rising size over the same connections; may be empty
};

/// Knobs for transfers in both directions.
struct Tuned {
  unsigned concurrency = 0, jobs = 0;
  std::uint64_t part_size = 0;
};
Tuned tuned(const std::vector<Findings>& directions, std::uint64_t part_size);

/// A size for parts that move within `seconds`, from one step with a single connection: a power of two
/// below the step's own, at least 64 KiB, or the step's own.
std::uint64_t fitting_part(const Step& alone, double seconds);

}  // namespace sluice::cli
