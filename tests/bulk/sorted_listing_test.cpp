// A store whose lists are not in byte order.
#include "bulk/sorted_listing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "bulk/open_listing.h"
#include "tests/bulk/key_store.h"

namespace sluice::bulk {
namespace {

using Names = std::vector<std::string>;

/// Lists in the order given; a marker is the number of the next key.
struct UnorderedPlace : KeyPlace {
  explicit UnorderedPlace(Names given, std::size_t page) : KeyPlace({}, "p/") {
    store->kind = &engine::kQingStor;
    store->instead = [given = std::move(given), page](const engine::ListOptions& o) {
      EXPECT_EQ(o.start_after, "");
      const std::size_t from = o.marker.empty() ? 0 : std::stoul(o.marker);
      const std::size_t end = std::min(given.size(), from + page);
      engine::ListPage found;
      for (std::size_t i = from; i < end; ++i) {
        found.objects.emplace_back();
        found.objects.back().key = "p/" + given[i];
      }
      if (end < given.size()) found.next_marker = std::to_string(end);
      found.reply.attempts = 1;
      return std::optional<KeyStore::Page>(std::move(found));
    };
  }
  Listed read(ListingOptions options = {}) {
    return read_all(*std::move(open_listing(*runtime, side, std::move(options))).value());
  }
};

Names shuffled(Names names) {
  std::ranges::shuffle(names, std::mt19937(7));
  return names;
}
Names numbers(int count) {
  Names names;
  for (int i = 0; i < count; ++i) names.push_back(std::to_string(1'000'000 + i));
  return names;
}

TEST(SortedListing, GivesByteOrderHoweverManyPagesThereAre) {
  for (const int count : {0, 1, 10, 11, 20, 2500}) {
    SCOPED_TRACE(count);
    const Names names = numbers(count);
    std::atomic<std::uint64_t> requests{0};
    ListingOptions options;
    options.requests = &requests;
    UnorderedPlace place(shuffled(names), 10);

    const Listed all = place.read(options);

    EXPECT_FALSE(all.error);
    EXPECT_EQ(all.names, names);
    EXPECT_EQ(requests, std::max<std::uint64_t>(1, (names.size() + 9) / 10));
  }
}

TEST(SortedListing, GivesANameThatIsListedTwiceOnce) {
  EXPECT_EQ(UnorderedPlace({"b", "a", "b"}, 10).read().names, (Names{"a", "b"}));
  EXPECT_EQ(UnorderedPlace({"b", "a", "b"}, 1).read().names, (Names{"a", "b"}));
}

TEST(SortedListing, BehindANameListsAllAndGivesTheRest) {
  const Names names = numbers(30);
  for (const std::size_t page : {7u, 100u})
    EXPECT_EQ(UnorderedPlace(shuffled(names), page).read({.start_after = names[9]}).names,
              Names(names.begin() + 10, names.end()));
}

TEST(SortedListing, NamesKeysAsTheStoreDoes) {
  for (const std::size_t page : {1u, 100u}) {
    UnorderedPlace place({"b", "a"}, page);
    EXPECT_EQ(list_sorted(*place.runtime, place.side, {})->next().value().front().info.key, "p/a");
  }
}

TEST(SortedListing, GivesNothingOfAListThatFails) {
  UnorderedPlace place(shuffled(numbers(30)), 10);
  place.store->instead = [before = place.store->instead](const engine::ListOptions& o) {
    return o.marker == "20" ? std::optional<KeyStore::Page>(fail(ErrorKind::network, "gone")) : before(o);
  };

  const Listed all = place.read();

  EXPECT_EQ(all.names, Names());
  ASSERT_TRUE(all.error);
  EXPECT_EQ(all.error->message, "gone");
}

}  // namespace
}  // namespace sluice::bulk
