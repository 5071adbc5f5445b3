// A prefix, listed at several places at once.
#include "bulk/range_listing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <future>
#include <random>

#include "bulk/open_listing.h"
#include "tests/bulk/key_store.h"

namespace sluice::bulk {
namespace {

using Names = std::vector<std::string>;

struct RangePlace : KeyPlace {
  explicit RangePlace(const Names& names, std::size_t page) : KeyPlace({}, "p/") {
    for (const auto& name : names) store->keys.insert("p/" + name);
    store->keys.insert("o");
    store->keys.insert("q");
    store->page = page;
  }
  Listed read(ListingOptions options = {}) {
    return read_all(*std::move(open_listing(*runtime, side, std::move(options))).value());
  }
};

Names numbers(int count) {
  Names names;
  for (int i = 0; i < count; ++i) names.push_back(std::to_string(1'000'000 + i));
  return names;
}

/// Some names of one random shape behind a prefix, long or short, dense or sparse.
Names names_of(std::mt19937& random) {
  static const std::vector<Names> kAlphabets = {
      {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
      {"0", "1", "2", "a", "f"},
      {"a", "b", "/", "."},
      {"x"},
      {"\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80", "z", "~"},
      {" ", "+", "%", "&", "\x7f", "A"}};
  const Names& alphabet = kAlphabets[random() % kAlphabets.size()];
  const std::size_t shortest = 1 + random() % 4, longest = shortest + random() % 9;
  Names names;
  for (std::size_t count = random() % 400; count > 0; --count) {
    std::string name(random() % 2 * 300, 'p');
    for (std::size_t i = shortest + random() % (longest - shortest + 1); i > 0; --i)
      name += alphabet[random() % alphabet.size()];
    names.push_back(std::move(name));
  }
  return names;
}

TEST(RangeListing, GivesEveryNameOnceInOrderWhateverTheNamesAre) {
  std::mt19937 random(11);
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    Names names;
    for (std::size_t shapes = 1 + random() % 3; shapes > 0; --shapes)
      for (auto& name : names_of(random)) names.push_back(std::move(name));
    std::ranges::sort(names);
    const auto twice = std::ranges::unique(names);
    names.erase(twice.begin(), twice.end());
    const std::size_t page = std::array{1, 2, 3, 7, 50}[random() % 5];
    RangePlace place(names, page);

    const Listed all = place.read();

    EXPECT_FALSE(all.error);
    EXPECT_EQ(all.names, names);
    EXPECT_LE(static_cast<std::size_t>(place.store->lists), (names.size() / page + 1) * 5 / 4 + 32);
  }
}

TEST(RangeListing, GoesOnElsewhereWhileOneAnswerIsLate) {
  const Names names = numbers(3000);
  RangePlace place(names, 10);
  std::promise<void> another;
  std::atomic<int> asked{0};
  place.store->hangs = [&](const engine::ListOptions& o) {
    if ((o.marker.empty() ? o.start_after : o.marker) < "p/" + names[1000]) return false;
    const int number = asked++;
    if (number == 1) another.set_value();
    return number == 0;
  };

  auto listing = list_ranges(*place.runtime, place.side, {.pages_ahead = 1000});

  another.get_future().wait();
}

TEST(RangeListing, GoesOnBehindAName) {
  const Names names = numbers(2000);
  RangePlace place(names, 10);
  EXPECT_EQ(place.read({.start_after = names[777]}).names, Names(names.begin() + 778, names.end()));
  EXPECT_EQ(place.read({.start_after = names[777] + "x"}).names, Names(names.begin() + 778, names.end()));
  EXPECT_EQ(place.read({.start_after = "9"}).names, Names());
}

TEST(RangeListing, CountsItsRequestsAndFewNamesTakeNotOneMore) {
  for (const int count : {0, 1, 10, 11, 75, 80}) {
    std::atomic<std::uint64_t> requests{0};
    RangePlace place(numbers(count), 10);
    EXPECT_EQ(place.read({.requests = &requests}).names, numbers(count));
    EXPECT_EQ(requests, std::max<std::uint64_t>(1, (static_cast<std::uint64_t>(count) + 9) / 10)) << count;
  }
}

TEST(RangeListing, HoldsNoMoreThanItsMemory) {
  RangePlace place(numbers(3000), 10);
  EXPECT_EQ(place.read({.memory = 1, .page = 10}).names, numbers(3000));
  EXPECT_EQ(place.store->most_at_once, 1);
  EXPECT_EQ(place.store->lists, 300);
}

TEST(RangeListing, AnObjectNamedAsThePrefixIsTold) {
  RangePlace place(numbers(500), 10);
  place.store->keys.insert("p/");
  Names told;
  ListingOptions options;
  options.notes.skipped = [&](const std::string& name, std::string_view) { told.push_back(name); };
  EXPECT_EQ(place.read(options).names, numbers(500));
  EXPECT_EQ(told, Names{"p/"});
}

TEST(RangeListing, GivesThePagesBeforeAnErrorAndThenTheError) {
  const Names names = numbers(2000);
  RangePlace place(names, 10);
  place.store->instead = [&](const engine::ListOptions& o) {
    std::optional<KeyStore::Page> answer;
    const std::string& after = o.marker.empty() ? o.start_after : o.marker;
    if (after >= "p/" + names[1000]) answer = fail(ErrorKind::network, "gone");
    return answer;
  };

  const Listed all = place.read();

  ASSERT_TRUE(all.error);
  EXPECT_EQ(all.error->message, "gone");
  EXPECT_GE(all.names.size(), 990u);
  EXPECT_LE(all.names.size(), 1020u);
  EXPECT_TRUE(std::equal(all.names.begin(), all.names.end(), names.begin()));
}

TEST(RangeListing, IsListedWholeByAStoreThatTakesNoNoticeOfTheStart) {
  const Names names = numbers(1000);
  RangePlace place(names, 10);
  place.store->instead = [&](const engine::ListOptions& o) {
    engine::ListPage page;
    auto key = o.marker.empty() ? place.store->keys.lower_bound(o.prefix)
                                : place.store->keys.upper_bound(o.marker);
    for (; key != place.store->keys.end() && key->starts_with(o.prefix); ++key) {
      if (page.objects.size() == 10) {
        page.next_marker = page.objects.back().key;
        break;
      }
      page.objects.emplace_back();
      page.objects.back().key = *key;
    }
    return std::optional<KeyStore::Page>(std::move(page));
  };

  EXPECT_EQ(place.read().names, names);
  EXPECT_EQ(place.read({.start_after = names[300]}).names, Names(names.begin() + 301, names.end()));
}

TEST(RangeListing, EndsAtOnceWhenItIsStopped) {
  RangePlace place(numbers(2000), 10);
  std::promise<void> asked;
  std::atomic<int> hanging{0};
  place.store->hangs = [&](const engine::ListOptions&) {
    const bool hangs = place.store->lists > 40;
    if (hangs && hanging++ == 0) asked.set_value();
    return hangs;
  };
  std::stop_source stop;
  auto listing = list_ranges(*place.runtime, place.side, {.stop = stop.get_token(), .pages_ahead = 1000});
  asked.get_future().wait();
  stop.request_stop();

  EXPECT_EQ(listing->next().error().kind, ErrorKind::cancelled);
  listing.reset();
  EXPECT_EQ(place.store->at_once, 0);
}

TEST(RangeListing, GoesWithoutHavingBeenRead) {
  RangePlace place(numbers(2000), 10);
  auto listing = list_ranges(*place.runtime, place.side, {});
  listing.reset();
  EXPECT_EQ(place.store->at_once, 0);
}

}  // namespace
}  // namespace sluice::bulk
