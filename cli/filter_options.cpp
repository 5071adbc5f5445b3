#include "cli/filter_options.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>

#include "cli/units.h"
#include "io/file_error.h"

namespace sluice::cli {
namespace {

using bulk::FilterRules;

constexpr std::uint64_t kLargest = 1ull << 60;

using AddRule = Result<void> (*)(FilterRules&, const std::string& text, const std::string& origin);

Result<void> include(FilterRules& rules, const std::string& text, const std::string& origin) {
  rules.include(text, origin);
  return {};
}
Result<void> exclude(FilterRules& rules, const std::string& text, const std::string& origin) {
  rules.exclude(text, origin);
  return {};
}
Result<void> add(FilterRules& rules, const std::string& text, const std::string& origin) {
  return rules.add(text, origin);
}

struct RuleOption {
  const char* flag;
  const char* type;
  const char* help;
  AddRule add;
  bool file = false;  ///< the value names a file with one a line
};

constexpr std::array kRules = {
    RuleOption{"--include", "PATTERN", "take what matches, and nothing that no rule takes", include},
    RuleOption{"--exclude", "PATTERN", "leave out what matches", exclude},
    RuleOption{"--filter", "RULE", "\"+ PATTERN\", \"- PATTERN\", or \"!\": forget all before it", add},
    RuleOption{"--include-from", "FILE", "as --include, a pattern a line", include, true},
    RuleOption{"--exclude-from", "FILE", "as --exclude, a pattern a line", exclude, true},
    RuleOption{"--filter-from", "FILE", "as --filter, a rule a line; # and ; begin comments", add, true},
};

Result<std::string> read_file(const std::string& path) {
  // A directory opens, and reading it throws.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return io::disk_error("read rules", path, EISDIR);
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return io::disk_error("read rules", path, errno);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return io::disk_error("read rules", path, errno);
  return text;
}

Result<void> add_file(FilterRules& rules, const RuleOption& option, const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return unexpected(text.error());
  for (const bulk::RuleLine& line : bulk::rule_lines(*text, path))
    if (Result<void> added = option.add(rules, line.text, line.origin); !added) return added;
  return {};
}

Result<void> read_rules(const Args& args, FilterRules& rules) {
  for (const auto& [name, value] : args.in_order()) {
    for (const RuleOption& option : kRules) {
      if (option_name(option.flag) != name) continue;
      Result<void> added =
          option.file ? add_file(rules, option, value) : option.add(rules, value, option.flag);
      if (!added) return added;
    }
  }
  return {};
}

template <class T, class Parse>
Result<void> read_limit(const Args& args, const char* flag, const Parse& parse, std::optional<T>& to) {
  const std::string name = option_name(flag);
  if (!args.has(name)) return {};
  const Result<T> value = parse(args.get(name));
  if (!value) return unexpected(value.error().with(flag, ""));
  to = *value;
  return {};
}

}  // namespace

std::vector<Option> filter_options() {
  std::vector<Option> options;
  for (const RuleOption& rule : kRules) options.push_back({rule.flag, rule.type, rule.help, true});
  const std::vector<Option> limits = {
      {"--ignore-case", "", "patterns take no notice of upper and lower case (ASCII)"},
      {"--min-size", "N", "leave out what has fewer bytes: N[K|M|G], a bare number is MiB"},
      {"--max-size", "N", "leave out what has more bytes"},
      {"--newer-than", "AGE", "take what was modified after this: an age (7d) or a date (2026-11-03)"},
      {"--older-than", "AGE", "take what was modified before this"}};
  options.insert(options.end(), limits.begin(), limits.end());
  return options;
}

Result<FilterRules> read_filter_rules(const Args& args) {
  const TimePoint now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto size = [](const std::string& text) { return parse_size(text, 0, kLargest); };
  const auto time = [now](const std::string& text) { return parse_moment(text, now); };
  FilterRules rules;
  rules.ignore_case = args.has("ignore_case");
  for (const Result<void>& one :
       {read_rules(args, rules), read_limit(args, "--min-size", size, rules.least),
        read_limit(args, "--max-size", size, rules.most), read_limit(args, "--newer-than", time, rules.after),
        read_limit(args, "--older-than", time, rules.before)})
    if (!one) return unexpected(one.error());
  return rules;
}

Result<bulk::Filter> read_filter(const Args& args) {
  const Result<FilterRules> rules = read_filter_rules(args);
  if (!rules) return unexpected(rules.error());
  return bulk::Filter::make(*rules);
}

Error filters_need_a_tree() {
  return make_error(ErrorKind::argument, "filters choose among what is below a directory or a prefix",
                    "name one, with -r where the command has it, or leave the filters out");
}

TreeWishes wishes_of(bulk::Filter filter) {
  const auto shared = std::make_shared<const bulk::Filter>(std::move(filter));
  TreeWishes wishes;
  wishes.wanted = [shared](const std::string& name, std::uint64_t size,
                           const std::optional<TimePoint>& modified) {
    return shared->admits(name, size, modified);
  };
  wishes.enter = [shared](std::string_view directory) { return shared->may_admit_below(directory); };
  return wishes;
}

}  // namespace sluice::cli
