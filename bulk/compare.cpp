#include "bulk/compare.h"

#include <chrono>
#include <tuple>
#include <utility>

namespace sluice::bulk {
namespace {

/// Less than, equal to or greater than 0 as `a` is older than, as old as or newer than `b`.
int by_time(TimePoint a, TimePoint b) {
  const auto left = std::chrono::floor<std::chrono::seconds>(a);
  const auto right = std::chrono::floor<std::chrono::seconds>(b);
  return left < right ? -1 : (left == right ? 0 : 1);
}

std::pair<Action, Why> verdict(const Comparison& how, const ObjectInfo& source, const ObjectInfo& target) {
  if (how.no_clobber) return {Action::leave, Why::exists};
  const bool timed = source.modified && target.modified;
  if (how.update && timed && by_time(*source.modified, *target.modified) < 0)
    return {Action::leave, Why::older};
  if (source.size != target.size) return {Action::copy, Why::size};
  if (how.checksum) return {Action::compare, Why::checksum};
  if (how.size_only) return {Action::leave, Why::same};
  if (!timed || by_time(*source.modified, *target.modified) > 0) return {Action::copy, Why::newer};
  return {Action::leave, Why::same};
}

}  // namespace

Step judge(const Comparison& how, Entry source, const std::optional<Entry>& target) {
  Step step;
  std::tie(step.action, step.why) =
      target ? verdict(how, source.info, target->info) : std::pair{Action::copy, Why::missing};
  step.entry = std::move(source);
  return step;
}

}  // namespace sluice::bulk
