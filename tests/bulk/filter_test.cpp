// Which names, sizes and times pass.
#include "bulk/filter.h"

#include <gtest/gtest.h>

namespace sluice::bulk {
namespace {

using Names = std::vector<std::string>;

/// Rules as lines of a file: "+ a", "- b", "!".
FilterRules rules_of(std::string_view text) {
  FilterRules rules;
  for (const RuleLine& line : rule_lines(text, "rules")) {
    const Result<void> added = rules.add(line.text, line.origin);
    EXPECT_TRUE(added) << added.error().describe();
  }
  return rules;
}

Filter filter_of(const FilterRules& rules) {
  const Result<Filter> filter = Filter::make(rules);
  EXPECT_TRUE(filter) << filter.error().describe();
  return filter.value_or(Filter());
}

bool admits(const Filter& filter, std::string_view name) {
  return filter.admits(name, 1, TimePoint());
}

Names admitted(const Filter& filter, const Names& names) {
  Names passed;
  for (const std::string& name : names)
    if (admits(filter, name)) passed.push_back(name);
  return passed;
}

TEST(Filter, WithoutRulesAndLimitsTakesEverything) {
  EXPECT_TRUE(Filter().empty());
  EXPECT_TRUE(filter_of({}).empty());
  EXPECT_TRUE(Filter().admits("a", 0, {}));
  EXPECT_TRUE(Filter().may_admit_below("a/"));
  EXPECT_FALSE(filter_of(rules_of("- a")).empty());
  EXPECT_FALSE(filter_of({.least = 1}).empty());
}

TEST(Filter, TheFirstRuleThatMatchesDecides) {
  const Names names{"keep.log", "other.log", "other.txt"};

  EXPECT_EQ(admitted(filter_of(rules_of("+ keep.*\n- *.log")), names), (Names{"keep.log", "other.txt"}));
  EXPECT_EQ(admitted(filter_of(rules_of("- *.log\n+ keep.*")), names), (Names{"other.txt"}));
}

TEST(Filter, AnythingToIncludeLeavesOutWhatNoRuleTakes) {
  const Names names{"a.jpg", "a.png", "raw/a.jpg"};
  FilterRules rules;
  rules.exclude("raw/", "--exclude");
  rules.include("*.jpg", "--include");

  EXPECT_EQ(admitted(filter_of(rules), names), Names{"a.jpg"});
  EXPECT_EQ(admitted(filter_of(rules_of("+ *.jpg")), names), names) << "a + alone takes nothing away";
  EXPECT_EQ(admitted(filter_of(rules_of("+ *.jpg\n- *")), names), (Names{"a.jpg", "raw/a.jpg"}));
}

TEST(Filter, AnExclamationMarkForgetsAllBeforeIt) {
  FilterRules rules;
  rules.include("*.jpg", "--include");
  ASSERT_TRUE(rules.add("!", "--filter"));
  ASSERT_TRUE(rules.add("- a", "--filter"));

  EXPECT_EQ(admitted(filter_of(rules), {"a", "b"}), Names{"b"});
}

TEST(Filter, ReadsLinesWithoutBlanksAndComments) {
  const std::vector<RuleLine> lines = rule_lines("# one\r\n\r\n  - a b \r\n; two\n+ c\n\n- #d", "dir/file");

  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text + lines[1].text + lines[2].text, "- a b+ c- #d");
  EXPECT_EQ(lines[0].origin, "dir/file:3");
  EXPECT_EQ(lines[1].origin, "dir/file:5");
  EXPECT_EQ(lines[2].origin, "dir/file:7");
}

TEST(Filter, AWrongRuleIsToldWithItsFileAndLine) {
  FilterRules rules;
  const Result<void> added = rules.add("*.jpg", "file:3");
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().describe().find("file:3: \"*.jpg\" is no rule"), std::string::npos)
      << added.error().describe();

  rules.exclude("a[", "file:4");
  const Result<Filter> filter = Filter::make(rules);
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().kind, ErrorKind::argument);
  EXPECT_NE(filter.error().describe().find("file:4: the pattern \"a[\": a [ has no ]"), std::string::npos)
      << filter.error().describe();
}

TEST(Filter, LimitsOfSizeTakeTheirOwnValueAsWell) {
  const Filter filter = filter_of({.least = 10, .most = 20});

  for (const std::uint64_t size : {10u, 15u, 20u}) EXPECT_TRUE(filter.admits("a", size, {})) << size;
  for (const std::uint64_t size : {0u, 9u, 21u}) EXPECT_FALSE(filter.admits("a", size, {})) << size;
}

TEST(Filter, LimitsOfTimeTakeWhatIsBetweenThemAndIsKnown) {
  const auto at = [](int hours) { return TimePoint(std::chrono::hours(hours)); };
  const Filter filter = filter_of({.after = at(1), .before = at(3)});

  EXPECT_TRUE(filter.admits("a", 0, at(2)));
  for (const int hours : {0, 1, 3, 4}) EXPECT_FALSE(filter.admits("a", 0, at(hours))) << hours;
  EXPECT_FALSE(filter.admits("a", 0, {}));
}

TEST(Filter, ADirectoryIsLeftOutOnlyWhenNothingBelowItIsAdmitted) {
  const struct {
    const char *rules, *directory;
    bool may;
  } cases[] = {
      {"- /d/", "d/", false},
      {"- /d/", "e/", true},
      {"+ /d/keep\n- /d/", "d/", true},
      {"+ /d/keep\n- /d/", "d/e/", false},
      {"- *.tmp\n- .git/", "a/.git/", false},
      {"- *.tmp", "a/", true},
      {"+ *.c\n- *", "a/", true},
      {"+ /src/**\n- *", "docs/", false},
      {"+ /src/**\n- *", "src/lib/", true},
      {"- *\n+ a", "a/", false},
  };
  for (const auto& one : cases)
    EXPECT_EQ(filter_of(rules_of(one.rules)).may_admit_below(one.directory), one.may)
        << one.rules << " and " << one.directory;

  FilterRules rules;
  rules.include("/src/*.c", "");
  EXPECT_FALSE(filter_of(rules).may_admit_below("docs/"));
  EXPECT_TRUE(filter_of(rules).may_admit_below("src/"));
  EXPECT_FALSE(filter_of(rules).may_admit_below("src/lib/"));
}

}  // namespace
}  // namespace sluice::bulk
