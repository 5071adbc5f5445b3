// Filters from the command line: what each option says, and in which order.
#include "cli/filter_options.h"

#include <gtest/gtest.h>

#include "cli/parse.h"
#include "tests/cli/home.h"

namespace sluice::cli {
namespace {

using Words = std::vector<std::string>;
using bulk::FilterRules;

Args args_of(Words words) {
  words.insert(words.begin(), {"cp", "-r", "a", "s3://b/k/"});
  Parsed parsed = parse_command(std::move(words));
  EXPECT_NE(parsed.verb, nullptr) << parsed.text;
  return parsed.args;
}

/// "+a -b", the rules as they stand.
std::string rules_of(Words words) {
  const Result<FilterRules> rules = read_filter_rules(args_of(std::move(words)));
  EXPECT_TRUE(rules) << rules.error().describe();
  std::string text;
  for (const bulk::FilterRule& rule : rules.value_or(FilterRules()).rules)
    text += (text.empty() ? "" : " ") + std::string(rule.take ? "+" : "-") + rule.pattern;
  return text;
}

bool admits(const Words& words, std::string_view name, std::uint64_t size = 0) {
  const Result<bulk::Filter> filter = read_filter(args_of(words));
  EXPECT_TRUE(filter) << filter.error().describe();
  return filter && filter->admits(name, size, TimePoint());
}

Error refusal_of(Words words) {
  const Result<bulk::Filter> filter = read_filter(args_of(std::move(words)));
  EXPECT_FALSE(filter);
  return filter ? Error() : filter.error();
}

TEST(FilterOptions, WithoutAnyThereIsNoFilter) {
  EXPECT_TRUE(read_filter(args_of({})).value_or({}).empty());
}

TEST(FilterOptions, RulesStandInTheOrderOfTheWordsWhateverTheOptions) {
  test::Home home;
  const std::string patterns = home.write("patterns", "# some\n*.c\n\n*.h\n");
  const std::string rules = home.write("rules", "- x\n+ y\n");

  EXPECT_EQ(rules_of({"--exclude", "a", "--include=b", "--exclude", "c"}), "-a +b -c");
  EXPECT_EQ(rules_of({"--include=b", "--filter", "- a", "--include", "c", "--filter=+ d"}), "+b -a +c +d");
  EXPECT_EQ(rules_of({"--exclude", "a", "--include-from", patterns, "--exclude", "b"}), "-a +*.c +*.h -b");
  EXPECT_EQ(rules_of({"--filter-from", rules, "--exclude-from=" + patterns}), "-x +y -*.c -*.h");
  EXPECT_EQ(rules_of({"--include", "a", "--filter", "!", "--exclude", "b"}), "-b");
}

TEST(FilterOptions, PatternsComeAsTheyWereWritten) {
  for (const std::string pattern : {"[ab]", "{a,b}", "[a,b]", "\\*", "a=b", "'a'", "\"a\"", "a b",
                                    "-a", "/a/", ""}) {
    EXPECT_EQ(rules_of({"--exclude", pattern}), "-" + pattern);
    if (pattern.empty()) continue;
    EXPECT_EQ(rules_of({"--exclude=" + pattern}), "-" + pattern);
  }
}

TEST(FilterOptions, AnyIncludeLeavesOutTheRest) {
  EXPECT_FALSE(admits({"--include", "*.c"}, "a.h"));
  EXPECT_TRUE(admits({"--include", "*.c"}, "a.c"));
  EXPECT_TRUE(admits({"--filter", "+ *.c"}, "a.h"));
}

TEST(FilterOptions, LimitsAndCaseAreRead) {
  EXPECT_TRUE(admits({"--min-size", "1K", "--max-size", "2K"}, "a", 2048));
  EXPECT_FALSE(admits({"--min-size", "1K"}, "a", 1023));
  EXPECT_TRUE(admits({"--exclude", "A"}, "a"));
  EXPECT_FALSE(admits({"--exclude", "A", "--ignore-case"}, "a"));
  EXPECT_TRUE(admits({"--older-than", "1970-01-02"}, "a"));
  EXPECT_FALSE(admits({"--newer-than", "7d"}, "a"));
  EXPECT_FALSE(admits({"--max-age", "7d"}, "a")) << "as others call it";
}

TEST(FilterOptions, WhatIsWrongIsToldWithItsPlace) {
  test::Home home;
  const std::string rules = home.write("rules", "- fine\n\n- a[b\n"), wrong = home.write("wrong", "*.jpg\n");
  const struct {
    Words words;
    std::string says;
  } cases[] = {
      {{"--exclude", "a[b"}, "--exclude: the pattern \"a[b\": a [ has no ]"},
      {{"--filter-from", rules}, rules + ":3: the pattern \"a[b\""},
      {{"--filter-from", wrong}, wrong + ":1: \"*.jpg\" is no rule"},
      {{"--filter", "a"}, "--filter: \"a\" is no rule"},
      {{"--min-size", "x"}, "--min-size: \"x\" is no size"},
      {{"--newer-than", "x"}, "--newer-than: \"x\" is no time"},
  };
  for (const auto& one : cases) {
    const Error error = refusal_of(one.words);
    EXPECT_EQ(error.kind, ErrorKind::argument);
    EXPECT_NE(error.describe().find(one.says), std::string::npos) << error.describe();
  }
  for (const std::string& path : {home.path + "/nothing", home.path}) {
    const Error error = refusal_of({"--exclude-from", path});
    EXPECT_EQ(error.kind, ErrorKind::disk) << path;
    EXPECT_NE(error.describe().find(path), std::string::npos) << error.describe();
    EXPECT_NE(error.system_error, 0) << path;
  }
}

}  // namespace
}  // namespace sluice::cli
