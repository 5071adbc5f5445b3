#include "bulk/filter.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::bulk {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

Unexpected wrong(const FilterRule& rule, const Error& error) {
  Error told = error;
  told.message = fmt::format("the pattern \"{}\": {}", rule.pattern, error.message);
  told.operation = rule.origin;
  return unexpected(std::move(told));
}

}  // namespace

void FilterRules::include(std::string pattern, std::string origin) {
  rules.push_back({true, std::move(pattern), std::move(origin)});
  take_others = false;
}

void FilterRules::exclude(std::string pattern, std::string origin) {
  rules.push_back({false, std::move(pattern), std::move(origin)});
}

Result<void> FilterRules::add(std::string_view rule, std::string origin) {
  if (trimmed(rule) == "!") {
    rules.clear();
    take_others = true;
    return {};
  }
  if (!rule.starts_with("+ ") && !rule.starts_with("- ")) {
    Error error = make_error(ErrorKind::argument, fmt::format("\"{}\" is no rule", rule),
                             "\"+ PATTERN\" takes, \"- PATTERN\" leaves out, \"!\" forgets all before it");
    error.operation = std::move(origin);
    return unexpected(std::move(error));
  }
  rules.push_back({rule.front() == '+', std::string(trimmed(rule.substr(2))), std::move(origin)});
  return {};
}

std::vector<RuleLine> rule_lines(std::string_view text, const std::string& file) {
  std::vector<RuleLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    lines.push_back({std::string(line), fmt::format("{}:{}", file, number)});
  }
  return lines;
}

Result<Filter> Filter::make(const FilterRules& from) {
  Filter filter;
  for (const FilterRule& rule : from.rules) {
    Result<Glob> glob = Glob::compile(rule.pattern, from.ignore_case);
    if (!glob) return wrong(rule, glob.error());
    filter.rules_.push_back({rule.take, *std::move(glob)});
  }
  filter.take_others_ = from.take_others;
  filter.least_ = from.least;
  filter.most_ = from.most;
  filter.after_ = from.after;
  filter.before_ = from.before;
  return filter;
}

bool Filter::takes(std::string_view name) const {
  for (const Rule& rule : rules_)
    if (rule.glob.matches(name)) return rule.take;
  return take_others_;
}

bool Filter::admits(std::string_view name, std::uint64_t size,
                    const std::optional<TimePoint>& modified) const {
  if ((least_ && size < *least_) || (most_ && size > *most_)) return false;
  if (after_ && !(modified && *modified > *after_)) return false;
  if (before_ && !(modified && *modified < *before_)) return false;
  return takes(name);
}

bool Filter::may_admit_below(std::string_view directory) const {
  for (const Rule& rule : rules_) {
    if (rule.take && rule.glob.may_match_below(directory)) return true;
    if (!rule.take && rule.glob.matches_all_below(directory)) return false;
  }
  return take_others_;
}

}  // namespace sluice::bulk
