// Two sorted lists, name by name.
#include "cli/compare_names.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

using Names = std::vector<std::string>;

struct Merged {
  Names told;
  Result<void> ended;
};

/// "a|a", "b|", "|c". The right side fails after `good` names.
Merged merge(const Names& left, const Names& right, std::size_t good = 100) {
  Merged merged;
  std::size_t next = 0;
  NameMerge::Next ask = [&]() -> Result<std::optional<NamedObject>> {
    if (next >= good) return fail(ErrorKind::network, "gone");
    if (next >= right.size()) return std::optional<NamedObject>();
    return std::optional<NamedObject>(NamedObject{right[next++], {}});
  };
  NameMerge::Told tell = [&](std::optional<NamedObject> l, std::optional<NamedObject> r) -> Result<void> {
    merged.told.push_back((l ? l->name : "") + "|" + (r ? r->name : ""));
    return {};
  };
  NameMerge names(ask, tell);
  for (const std::string& name : left) {
    merged.ended = names.left({name, {}});
    if (!merged.ended) return merged;
  }
  merged.ended = names.finish();
  return merged;
}

TEST(NameMerge, TellsPairsAndWhatEitherSideHasAlone) {
  EXPECT_EQ(merge({"a", "b", "d"}, {"b", "c", "d", "e"}).told, (Names{"a|", "b|b", "|c", "d|d", "|e"}));
  EXPECT_EQ(merge({}, {"a", "b"}).told, (Names{"|a", "|b"}));
  EXPECT_EQ(merge({"a", "b"}, {}).told, (Names{"a|", "b|"}));
  EXPECT_EQ(merge({}, {}).told, Names());
}

TEST(NameMerge, ComparesBytes) {
  EXPECT_EQ(merge({"a-b", "a/b", "é"}, {"a/b", "z", "é"}).told, (Names{"a-b|", "a/b|a/b", "|z", "é|é"}));
}

TEST(NameMerge, EndsWithTheErrorOfTheSideThatIsAsked) {
  const Merged merged = merge({"a", "b", "c"}, {"a", "b", "c"}, 2);
  EXPECT_EQ(merged.told, (Names{"a|a", "b|b"}));
  ASSERT_FALSE(merged.ended);
  EXPECT_EQ(merged.ended.error().kind, ErrorKind::network);
}

}  // namespace
}  // namespace sluice::cli
