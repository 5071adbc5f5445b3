// Filter: which names, sizes and times a job, a copy or a check is about.
//
// The first rule whose pattern (bulk/glob) matches a name decides; what no rule matches is taken, unless
// something was to be included. Sizes and times are asked of what the rules take.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bulk/glob.h"
#include "sluice/types.h"

namespace sluice::bulk {

struct FilterRule {
  bool take = false;
  std::string pattern;
  std::string origin;  ///< where it was written, for errors: "--exclude", "FILE:3"
};

/// Plain data: what a Filter is made of.
struct FilterRules {
  std::vector<FilterRule> rules{};               ///< in their order
  bool take_others = true;                       ///< what no rule matches
  bool ignore_case = false;                      ///< of ASCII letters
  std::optional<std::uint64_t> least{}, most{};  ///< bytes, themselves included
  std::optional<TimePoint> after{}, before{};    ///< something whose time is not known fits neither

  void include(std::string pattern, std::string origin);
  void exclude(std::string pattern, std::string origin);
  /// "+ PATTERN", "- PATTERN", or "!", which forgets every rule before it. Kind argument.
  Result<void> add(std::string_view rule, std::string origin);
};

/// Where `text` has rules or patterns: its lines without blanks around them, but for blank ones and comments,
/// which begin with '#' or ';'. `origin` has its number: "FILE:3".
struct RuleLine {
  std::string text, origin;
};
std::vector<RuleLine> rule_lines(std::string_view text, const std::string& file);

/// Immutable; any thread.
class Filter {
 public:
  Filter() = default;  ///< takes everything
  /// Kind argument: a pattern that is none, with its origin.
  static Result<Filter> make(const FilterRules&);

  bool empty() const { return rules_.empty() && take_others_ && !least_ && !most_ && !after_ && !before_; }
  bool admits(std::string_view name, std::uint64_t size, const std::optional<TimePoint>& modified) const;
  /// False only when nothing that begins with this name, which ends in '/', is admitted.
  bool may_admit_below(std::string_view directory) const;

 private:
  struct Rule {
    bool take;
    Glob glob;
  };
  bool takes(std::string_view name) const;

  std::vector<Rule> rules_;
  bool take_others_ = true;
  std::optional<std::uint64_t> least_, most_;
  std::optional<TimePoint> after_, before_;
};

}  // namespace sluice::bulk
