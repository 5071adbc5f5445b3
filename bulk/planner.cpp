#include "bulk/planner.h"

#include <utility>

namespace sluice::bulk {
namespace {

// Few enough that the first ones are on their way with the first page, and that a job's position follows
// closely.
constexpr std::size_t kNamesABatch = 256;

}  // namespace

Planner::Planner(PlanRules rules, std::unique_ptr<Listing> source, std::unique_ptr<Listing> target)
    : rules_(std::move(rules)), merge_(std::move(source), std::move(target)) {}

std::optional<Step> Planner::step_of(Both both) {
  if (both.source) {
    if (!wants(*both.source)) return {};
    return judge(rules_.comparison, *std::move(both.source), both.target);
  }
  if (!wants(*both.target)) return {};
  Step step;
  step.action = rules_.remove ? Action::remove : Action::leave;
  step.why = Why::extra;
  step.entry = *std::move(both.target);
  return step;
}

Result<Batch> Planner::next() {
  Batch batch;
  for (std::size_t names = 0; names < kNamesABatch; ++names) {
    Result<std::optional<Both>> both = merge_.next();
    if (!both) return unexpected(both.error());
    if (!*both) {
      batch.last = true;
      break;
    }
    batch.source_names += (*both)->source ? 1 : 0;
    batch.target_names += (*both)->target ? 1 : 0;
    batch.through = (*both)->source ? (*both)->source->name : (*both)->target->name;
    if (std::optional<Step> step = step_of(**std::move(both))) batch.steps.push_back(*std::move(step));
  }
  return batch;
}

}  // namespace sluice::bulk
