#include "cli/pairs.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

using Pairs = std::map<std::string, std::string>;

TEST(Pairs, AreANameUpToTheFirstEqualsSignAndAValueThatMayBeEmpty) {
  const Result<Pairs> pairs = read_pairs({"a=1", "formula=e=mc2", "none="}, "tag");

  ASSERT_TRUE(pairs) << pairs.error().describe();
  EXPECT_EQ(*pairs, (Pairs{{"a", "1"}, {"formula", "e=mc2"}, {"none", ""}}));
}

TEST(Pairs, OfNothingAreNone) {
  const Result<Pairs> pairs = read_pairs({}, "tag");

  ASSERT_TRUE(pairs) << pairs.error().describe();
  EXPECT_TRUE(pairs->empty());
}

TEST(Pairs, AreRefusedByNameWhereOneIsWrong) {
  const struct {
    std::vector<std::string> texts;
    std::string said;
  } wrong[] = {
      {{"a=1", "b"}, R"(tag "b": no '=')"},
      {{""}, R"(tag "": no '=')"},
      {{"=1"}, R"(tag "=1": no name)"},
      {{"a=1", "a=2"}, R"(tag "a" is given twice)"},
      {{"a\nb"}, R"(tag "a\x0ab": no '=')"},
  };
  for (const auto& [texts, said] : wrong) {
    const Result<Pairs> pairs = read_pairs(texts, "tag");

    ASSERT_FALSE(pairs) << said;
    EXPECT_EQ(pairs.error().kind, ErrorKind::argument);
    EXPECT_EQ(pairs.error().message, said);
  }
}

}  // namespace
}  // namespace sluice::cli
