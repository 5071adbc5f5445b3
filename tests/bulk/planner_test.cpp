#include "bulk/planner.h"

#include <gtest/gtest.h>

#include <deque>

namespace sluice::bulk {
namespace {

using std::chrono::milliseconds;

/// Pages that were written down.
class Pages final : public Listing {
 public:
  explicit Pages(std::deque<std::vector<Entry>> pages) : pages_(std::move(pages)) {}
  Result<std::vector<Entry>> next() override {
    if (pages_.empty()) return std::vector<Entry>();
    std::vector<Entry> page = std::move(pages_.front());
    pages_.pop_front();
    return page;
  }

 private:
  std::deque<std::vector<Entry>> pages_;
};

class Broken final : public Listing {
 public:
  Result<std::vector<Entry>> next() override { return fail(ErrorKind::network, "the line is cut"); }
};

Entry entry(std::string name, std::uint64_t size = 1, std::int64_t modified_ms = 0) {
  Entry e;
  e.name = std::move(name);
  e.info.size = size;
  e.info.modified = TimePoint(milliseconds(modified_ms));
  return e;
}

std::unique_ptr<Listing> listing(std::vector<Entry> entries, std::size_t page = 2) {
  std::deque<std::vector<Entry>> pages;
  for (std::size_t i = 0; i < entries.size(); i += page)
    pages.emplace_back(entries.begin() + static_cast<std::ptrdiff_t>(i),
                       entries.begin() + static_cast<std::ptrdiff_t>(std::min(entries.size(), i + page)));
  return std::make_unique<Pages>(std::move(pages));
}

/// "copy:missing a", one a step.
std::vector<std::string> plan(PlanRules rules, std::vector<Entry> source, std::vector<Entry> target) {
  Planner planner(std::move(rules), listing(std::move(source)), listing(std::move(target), 3));
  std::vector<std::string> lines;
  for (bool last = false; !last;) {
    const Result<Batch> batch = planner.next();
    EXPECT_TRUE(batch);
    if (!batch) break;
    for (const Step& step : batch->steps)
      lines.push_back(std::string(word(step.action)) + ":" + std::string(word(step.why)) + " " +
                      step.entry.name);
    last = batch->last;
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Planner, CopiesWhatIsMissingOrDiffersAndLeavesTheRest) {
  EXPECT_EQ(plan({}, {entry("a"), entry("b", 5), entry("c", 5), entry("d", 5, 9000)},
                 {entry("b", 5), entry("c", 6), entry("d", 5, 8000), entry("e")}),
            (Lines{"copy:missing a", "leave:same b", "copy:size c", "copy:newer d", "leave:extra e"}));
}

TEST(Planner, RemovesWhatTheTargetHasAloneOnlyWhenAsked) {
  PlanRules rules;
  rules.remove = true;
  EXPECT_EQ(plan(rules, {entry("b")}, {entry("a"), entry("b"), entry("c")}),
            (Lines{"delete:extra a", "leave:same b", "delete:extra c"}));
}

TEST(Planner, LeavesAloneOnBothSidesWhatIsNotWanted) {
  PlanRules rules;
  rules.remove = true;
  rules.wanted = [](const Entry& e) { return e.info.size < 10 && !e.name.ends_with(".tmp"); };
  // big: the source's is too large to be wanted, which is no reason to delete the target's.
  EXPECT_EQ(plan(rules, {entry("a.tmp"), entry("big", 100), entry("c")}, {entry("b.tmp"), entry("big", 1)}),
            (Lines{"copy:missing c"}));
}

TEST(Planner, CountsTheNamesOfBothSidesWantedOrNot) {
  PlanRules rules;
  rules.wanted = [](const Entry&) { return false; };
  Planner planner(rules, listing({entry("a"), entry("b")}), listing({entry("b"), entry("c"), entry("d")}));
  const Result<Batch> batch = planner.next();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->source_names, 2u);
  EXPECT_EQ(batch->target_names, 3u);
  EXPECT_EQ(batch->through, "d");
  EXPECT_TRUE(batch->last);
}

TEST(Planner, NamesComeInByteOrder) {
  // '-' and '.' stand before '/', '0' behind it; bytes above 127 come last.
  EXPECT_EQ(
      plan({}, {entry("a-b"), entry("a/b"), entry("a0"), entry("\xc3\xa9")}, {entry("a/b"), entry("z")}),
      (Lines{"copy:missing a-b", "leave:same a/b", "copy:missing a0", "leave:extra z",
             "copy:missing \xc3\xa9"}));
}

TEST(Planner, AListingThatFailsEndsThePlanWithItsError) {
  Planner planner({}, listing({entry("a")}), std::make_unique<Broken>());
  const Result<Batch> batch = planner.next();
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().message, "the line is cut");
}

TEST(Planner, TheFirstStepsComeBeforeTheListingIsAtItsEnd) {
  std::vector<Entry> many;
  for (int i = 100000; i < 101000; ++i) many.push_back(entry(std::to_string(i)));
  Planner planner({}, listing(many, 1000), nullptr);
  const Result<Batch> batch = planner.next();
  ASSERT_TRUE(batch);
  EXPECT_FALSE(batch->last);
  EXPECT_LE(batch->steps.size(), 300u);
  EXPECT_EQ(batch->through, batch->steps.back().entry.name);
}

struct Case {
  const char* what;
  Comparison how;
  Entry source, target;
  Action action;
  Why why;
};

TEST(Comparison, DecidesByWhatWasAskedFor) {
  const Comparison usual, size_only{.size_only = true}, checksum{.checksum = true}, update{.update = true},
      no_clobber{.no_clobber = true};
  Entry untimed = entry("x", 5);
  untimed.info.modified.reset();
  const std::vector<Case> cases{
      {"same", usual, entry("x", 5, 1000), entry("x", 5, 1000), Action::leave, Why::same},
      {"older source", usual, entry("x", 5, 1000), entry("x", 5, 9000), Action::leave, Why::same},
      {"newer source", usual, entry("x", 5, 9000), entry("x", 5, 1000), Action::copy, Why::newer},
      {"the same second", usual, entry("x", 5, 1999), entry("x", 5, 1000), Action::leave, Why::same},
      {"before 1970", usual, entry("x", 5, -500), entry("x", 5, -1500), Action::copy, Why::newer},
      {"no time", usual, untimed, entry("x", 5), Action::copy, Why::newer},
      {"size", usual, entry("x", 5), entry("x", 6, 9000), Action::copy, Why::size},
      {"size only", size_only, entry("x", 5, 9000), entry("x", 5), Action::leave, Why::same},
      {"size only, another", size_only, entry("x", 5), entry("x", 6), Action::copy, Why::size},
      {"checksum", checksum, entry("x", 5, 9000), entry("x", 5), Action::compare, Why::checksum},
      {"checksum, another size", checksum, entry("x", 5), entry("x", 6), Action::copy, Why::size},
      {"update, newer target", update, entry("x", 5), entry("x", 6, 9000), Action::leave, Why::older},
      {"update, older target", update, entry("x", 5, 9000), entry("x", 5), Action::copy, Why::newer},
      {"no clobber", no_clobber, entry("x", 5, 9000), entry("x", 6), Action::leave, Why::exists},
  };
  for (const Case& c : cases) {
    const Step step = judge(c.how, c.source, c.target);
    EXPECT_EQ(step.action, c.action) << c.what;
    EXPECT_EQ(step.why, c.why) << c.what;
  }
  EXPECT_EQ(judge(no_clobber, entry("x"), {}).action, Action::copy);
}

}  // namespace
}  // namespace sluice::bulk
