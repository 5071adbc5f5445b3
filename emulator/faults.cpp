// See faults.h.
#include "emulator/faults.h"

#include <simdjson.h>

#include <array>
#include <chrono>
#include <mutex>
#include <vector>

#include "emulator/dialect.h"

namespace sluice::emulator {
namespace {

struct Rule {
  std::string dialect, operation, bucket, key_prefix, part;
  std::uint64_t skip = 0, count = ~0ull;
  double probability = 1;
  double rate = 0;
  Fault fault;

  std::uint64_t fitting = 0, fired = 0;
  double tokens = 0;
  std::chrono::steady_clock::time_point filled{};
};

constexpr std::array<std::pair<std::string_view, FaultAction>, 10> kActions = {{
    {"delay", FaultAction::delay},
    {"throttle", FaultAction::throttle},
    {"error", FaultAction::error},
    {"error_in_200", FaultAction::error_in_200},
    {"reset", FaultAction::reset},
    {"truncate", FaultAction::truncate},
    {"stall", FaultAction::stall},
    {"corrupt", FaultAction::corrupt},
    {"drop_answer", FaultAction::drop_answer},
    {"slow", FaultAction::slow},
}};

// SplitMix64: a number in [0, 1) that depends on nothing but its seed.
double unit(std::uint64_t seed) {
  seed += 0x9E3779B97F4A7C15ull;
  seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9ull;
  seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBull;
  return static_cast<double>((seed ^ (seed >> 31)) >> 11) * 0x1.0p-53;
}

bool fits(const Rule& rule, const Call& call) {
  if (!rule.dialect.empty() && rule.dialect != call.dialect->name) return false;
  if (!rule.operation.empty() && (!call.route || rule.operation != name(call.route->operation))) return false;
  if (!rule.bucket.empty() && rule.bucket != call.bucket()) return false;
  if (!call.key().starts_with(rule.key_prefix)) return false;
  return rule.part.empty() || rule.part == call.query(call.dialect->words.part_number);
}

// A bucket of one second's worth: true when the request is above the rate.
bool above_rate(Rule& rule) {
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - rule.filled;
  rule.tokens = std::min(std::max(rule.rate, 1.0), rule.tokens + passed.count() * rule.rate);
  rule.filled = now;
  if (rule.tokens < 1) return true;
  rule.tokens -= 1;
  return false;
}

std::string text(const simdjson::dom::element& object, const char* name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

template <class T>
T number(const simdjson::dom::element& object, const char* name, T fallback) {
  T value{};
  return object[name].get(value) == simdjson::SUCCESS ? value : fallback;
}

}  // namespace

struct Faults::Rules {
  std::mutex mutex;
  std::uint64_t seed = 0;
  std::vector<Rule> list;
};

Faults::Faults() : rules_(std::make_unique<Rules>()) {}
Faults::Faults(Faults&&) noexcept = default;
Faults& Faults::operator=(Faults&&) noexcept = default;
Faults::~Faults() = default;

Result<Faults> Faults::load(const std::string& path) {
  const auto bad = [&](const std::string& why) {
    return fail(ErrorKind::config, "faults file " + path + ": " + why,
                "see emulator/faults.h for its format");
  };
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (const auto error = parser.load(path).get(document); error != simdjson::SUCCESS) {
    return bad(error == simdjson::IO_ERROR ? "cannot be read" : "is not JSON");
  }
  simdjson::dom::array rules;
  if (document["rules"].get(rules) != simdjson::SUCCESS) return bad("has no array \"rules\"");
  Faults faults;
  faults.rules_->seed = number<std::uint64_t>(document, "seed", 0);
  for (const auto given : rules) {
    Rule rule;
    const std::string which = "rule " + std::to_string(faults.rules_->list.size() + 1);
    const std::string action = text(given, "action");
    for (const auto& [word, value] : kActions) {
      if (word == action) rule.fault.action = value;
    }
    if (rule.fault.action == FaultAction::none)
      return bad(which + " has an unknown action \"" + action + "\"");
    rule.dialect = text(given, "dialect");
    if (!rule.dialect.empty() && !find_dialect(rule.dialect)) return bad(which + " has an unknown dialect");
    rule.operation = text(given, "operation");
    bool known = rule.operation.empty();
    for (int i = 0; i < kOperations; ++i) known = known || rule.operation == name(static_cast<Operation>(i));
    if (!known) return bad(which + " has an unknown operation \"" + rule.operation + "\"");
    rule.bucket = text(given, "bucket");
    rule.key_prefix = text(given, "key_prefix");
    if (const auto part = number<std::int64_t>(given, "part", -1); part >= 0)
      rule.part = std::to_string(part);
    rule.skip = number<std::uint64_t>(given, "skip", 0);
    rule.count = number<std::uint64_t>(given, "count", ~0ull);
    rule.probability = number<double>(given, "probability", 1.0);
    rule.rate = number<double>(given, "rate", 0.0);
    rule.fault.of_request = text(given, "of") == "request";
    rule.fault.bytes = number<std::uint64_t>(given, "bytes", 0);
    rule.fault.ms =
        number<std::uint64_t>(given, "ms", rule.fault.action == FaultAction::stall ? 3'600'000 : 0);
    rule.fault.status = static_cast<int>(number<std::int64_t>(given, "status", 0));
    rule.fault.code = text(given, "code");
    faults.rules_->list.push_back(std::move(rule));
  }
  return faults;
}

Fault Faults::pick(const Call& call) {
  if (rules_->list.empty()) return {};
  std::lock_guard lock(rules_->mutex);
  for (std::size_t i = 0; i < rules_->list.size(); ++i) {
    Rule& rule = rules_->list[i];
    if (!fits(rule, call)) continue;
    const std::uint64_t turn = rule.fitting++;
    if (turn < rule.skip || rule.fired >= rule.count) continue;
    if (rule.probability < 1 && unit(rules_->seed * 1'000'003 + i * 10'007 + turn) >= rule.probability)
      continue;
    if (rule.fault.action == FaultAction::throttle && rule.rate > 0 && !above_rate(rule)) continue;
    ++rule.fired;
    return rule.fault;
  }
  return {};
}

}  // namespace sluice::emulator
