// Planner: steps from a source's and a target's listing.
#pragma once

#include <functional>
#include <memory>

#include "bulk/compare.h"
#include "bulk/merge.h"
#include "bulk/steps.h"

namespace sluice::bulk {

struct PlanRules {
  Comparison comparison{};
  bool remove = false;  ///< what the target has alone is removed, else left alone
  /// Null: everything. What is not wanted is left alone on both sides; so is a target whose source is there
  /// and not wanted.
  std::function<bool(const Entry&)> wanted{};
};

class Planner final : public Steps {
 public:
  /// `target` may be null: then everything is copied.
  Planner(PlanRules rules, std::unique_ptr<Listing> source, std::unique_ptr<Listing> target);
  Result<Batch> next() override;

 private:
  std::optional<Step> step_of(Both both);
  bool wants(const Entry& entry) const { return !rules_.wanted || rules_.wanted(entry); }

  const PlanRules rules_;
  Merge merge_;
};

}  // namespace sluice::bulk
