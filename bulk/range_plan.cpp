#include "bulk/range_plan.h"

#include <algorithm>
#include <utility>

namespace sluice::bulk {
namespace {

constexpr double kPagesFirst = 4;   // before anything is guessed
constexpr double kPagesAGuess = 4;  // useful ones that pay for one wasted
constexpr double kSpare = 0.25;     // of a range's pages: one name more than they hold is a request more
// The part of all ranges that may be beyond one that waits to be taken; the others are for what turns out too
// long before it, which everything waits for.
constexpr double kFrontier = 0.6;
constexpr double kLeastTrust = 4, kMostTrust = 64, kLess = 0.8;

double more_or_less(double trust, bool right) {
  return right ? std::min(trust + 1, kMostTrust) : std::max(trust * kLess, kLeastTrust);
}

}  // namespace

RangePlan::RangePlan(std::string behind, unsigned most) : most_(most), trust_(kLeastTrust) {
  ranges_.push_back(std::make_shared<Range>());
  ranges_.back()->lower = std::move(behind);
}

Range* RangePlan::front() {
  return ranges_.empty() ? nullptr : ranges_.front().get();
}

void RangePlan::drop_front() {
  if (ranges_.front()->asked) --open_;
  ranges_.pop_front();
}

std::vector<std::shared_ptr<Range>> RangePlan::begin() {
  std::vector<std::shared_ptr<Range>> begun;
  double room = most_;
  for (auto at = ranges_.begin(); at != ranges_.end(); ++at) {
    Range& range = **at;
    if (range.done && !range.ready.empty()) room = kFrontier * most_;
    if (range.done) continue;
    const double most = range.upper ? room : std::min(trust_, kFrontier * most_);
    const bool first = at == ranges_.begin();
    if (!range.asked && !first && (open_ >= room || (range.guess && !may_guess(most)))) break;
    if (!range.asked) {
      range.asked = true;
      ++open_;
      if (range.guess) ++unproven_;
      begun.push_back(*at);
    }
    if ((range.pages == 0 || !range.upper) && may_guess(most)) divide(at);
  }
  return begun;
}

bool RangePlan::may_guess(double most) const {
  if (!guessing_ || newest_.names < 2 || open_ >= most) return false;
  const double pages = useful_ / static_cast<double>(page_);
  const double wasted = static_cast<double>(answered_) - pages;
  return wasted + unproven_ + 1 <= (pages - kPagesFirst) / kPagesAGuess;
}

/// Bounds a range where it would hold enough; what is behind the boundary becomes the next one.
void RangePlan::divide(Ranges::iterator at) {
  Range& range = **at;
  const bool newest = range.read.names < 2 || (!range.upper && newest_.to > range.read.to);
  const Density& density = newest ? newest_ : range.read;
  std::string from = std::max(range.lower, range.read.to);
  if (!range.upper) from = std::max(from, density.to);
  const double pages = kPages - range.pages - kSpare;
  const double times = pages * static_cast<double>(page_) / static_cast<double>(density.names - 1);
  std::string upper = space_.behind(from, density.from, density.to, times);
  if (upper.empty() || (range.upper && upper >= *range.upper)) return;
  auto rest = std::make_shared<Range>();
  rest->lower = upper;
  rest->guess = true;
  rest->upper = std::exchange(range.upper, std::move(upper));
  ranges_.insert(std::next(at), std::move(rest));
}

RangePlan::Ranges::iterator RangePlan::place_of(const Range& range) {
  return std::ranges::find_if(ranges_, [&](const auto& one) { return one.get() == &range; });
}

void RangePlan::learn(const RangePage& page) {
  std::string_view before;
  for (const Entry& entry : page.entries) {
    space_.see(before, entry.name);
    before = entry.name;
  }
}

bool RangePlan::took(Range& range, RangePage page) {
  ++answered_;
  if (range.guess && !range.answered) --unproven_;
  range.answered = true;
  if (range.done) return false;
  const bool more = !page.marker.empty();
  // Where no notice is taken of the name that a list shall begin behind, guesses lead nowhere.
  if (page.names > 0 && page.first <= range.lower && !range.lower.empty()) guessing_ = false;
  if (more && (page.names == 0 || page.last <= range.lower)) return true;

  learn(page);
  if (more) page_ = std::max(page_, page.names);
  if (page.names > 0) {
    if (range.pages == 0) range.read = {page.first, {}, 0};
    range.read.names += page.names;
    range.read.to = page.last;
  }
  if (!page.entries.empty() && range.read.to > newest_.to) newest_ = range.read;

  const bool past = range.upper && page.last >= *range.upper;
  const auto cut =
      past ? std::ranges::upper_bound(page.entries, *range.upper, {}, &Entry::name) : page.entries.end();
  const std::string next = cut == page.entries.end() ? std::string() : cut->name;
  const auto useful = past ? static_cast<std::size_t>(cut - page.entries.begin()) : page.names;
  useful_ += static_cast<double>(useful);
  const auto place = place_of(range);
  rule_out(place, page, next);
  page.entries.erase(cut, page.entries.end());
  if (!page.entries.empty()) range.ready.push_back(std::move(page.entries));
  ++range.pages;
  range.done = past || !more;
  if (past) trust_ = more_or_less(trust_, useful > 0 || range.pages > 1);
  if (range.done || range.pages < kPages) return !range.done;
  if (range.rest && range.upper) trust_ = more_or_less(trust_, false);

  auto rest = std::make_shared<Range>();
  rest->rest = range.upper.has_value();
  rest->lower = page.last;
  rest->marker = std::move(page.marker);
  rest->read = range.read;
  rest->upper = std::exchange(range.upper, std::move(page.last));
  ranges_.insert(std::next(place), std::move(rest));
  range.done = true;
  return false;
}

/// Ranges behind this one in which there is nothing, as its page says.
void RangePlan::rule_out(Ranges::iterator range, const RangePage& page, const std::string& next) {
  for (auto behind = std::next(range); behind != ranges_.end(); ++behind) {
    const bool before_next = !next.empty() && (*behind)->upper && *(*behind)->upper < next;
    const bool after_last = page.marker.empty() && (*behind)->lower >= page.last;
    if (before_next || after_last) (*behind)->done = true;
  }
}

void RangePlan::failed(Range& range, Error error) {
  if (range.guess && !range.answered) --unproven_;
  range.answered = true;
  if (range.done) return;
  range.error = std::move(error);
  range.done = true;
}

}  // namespace sluice::bulk
