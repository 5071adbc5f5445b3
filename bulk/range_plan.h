// Which ranges of a prefix's names are listed at once.
//
// Ranges stand in order, and together are all names. The first is what is listed page behind page; further
// ones begin at boundaries that are guessed from how far apart the names of the newest page are. A guess may
// be wrong: what is too long is cut where it was read to and the rest becomes a range of its own; what is
// empty costs a request. There are as many guesses as a quarter of the pages read so far can pay for, so that
// a few pages are listed as if there were no ranges, and names that no arithmetic foresees at a quarter more
// requests at most. Some room is kept for what turns out too long, since everything behind it waits.
//
// No requests are made here, and nothing is locked: the caller does both.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bulk/entry.h"
#include "bulk/key_space.h"
#include "sluice/result.h"

namespace sluice::bulk {

/// How far apart names are.
struct Density {
  std::string from{}, to{};
  std::size_t names = 0;
};

/// The names above `lower`, up to `upper` and with it.
struct Range {
  std::string lower{};                 ///< "" = from the first
  std::optional<std::string> upper{};  ///< empty = to the last
  std::string marker{};                ///< the store's, where it goes on from what was read
  bool guess = false;                  ///< begins where nothing was read
  bool rest = false;                   ///< of one that was too long
  bool asked = false, answered = false, done = false;
  unsigned pages = 0;
  Density read{};  ///< it may reach beyond the range; of a rest that of what was before it
  std::list<std::vector<Entry>> ready{};
  std::optional<Error> error{};
};

/// A page as the store gave it.
struct RangePage {
  std::string first{}, last{};  ///< names
  std::size_t names = 0;
  std::string marker{};  ///< empty = the last page
  std::vector<Entry> entries{};
};

class RangePlan {
 public:
  /// Pages a range reads before it is cut, and so what one holds.
  static constexpr unsigned kPages = 4;

  /// `most`: ranges that are asked for, or wait to be taken. One: page behind page.
  RangePlan(std::string behind, unsigned most);

  /// Those to be asked for from now on, each by itself, page behind page.
  std::vector<std::shared_ptr<Range>> begin();
  /// False: the range is not to be asked any further.
  bool took(Range& range, RangePage page);
  void failed(Range& range, Error error);

  /// The first that was not taken whole; null = all were.
  Range* front();
  void drop_front();

 private:
  using Ranges = std::list<std::shared_ptr<Range>>;
  Ranges::iterator place_of(const Range& range);
  bool may_guess(double most) const;
  void divide(Ranges::iterator range);
  void learn(const RangePage& page);
  void rule_out(Ranges::iterator range, const RangePage& page, const std::string& next);

  const unsigned most_;
  Ranges ranges_;
  KeySpace space_;
  Density newest_;  ///< at the highest names that were read
  bool guessing_ = true;
  std::size_t page_ = 1;        ///< names of a full page
  double useful_ = 0;           ///< names in their ranges
  std::uint64_t answered_ = 0;  ///< requests
  double trust_;                ///< ranges at once, as guesses have proved right or wrong
  unsigned open_ = 0;           ///< ranges asked for and not taken
  unsigned unproven_ = 0;       ///< guesses without an answer
};

}  // namespace sluice::bulk
