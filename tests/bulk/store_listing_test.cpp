// A prefix of a bucket, page behind page.
#include "bulk/store_listing.h"

#include <gtest/gtest.h>

#include <future>

#include "bulk/open_listing.h"
#include "engine/client_store.h"
#include "sluice/operations.h"
#include "tests/bulk/key_store.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using Names = std::vector<std::string>;

TEST(StoreListing, NamesWhatIsBelowThePrefixInEveryDialect) {
  transfers::Place place;
  for (const auto& d : transfers::kDialects) {
    SCOPED_TRACE(d.scheme);
    sluice::Store store = place.store(d);
    Names names;
    for (int i = 10; i < 35; ++i) {
      names.push_back("n" + std::to_string(i));
      transfers::must(Object(store, d.bucket, "dir/" + names.back()).put("x"));
    }
    transfers::must(Object(store, d.bucket, "dis").put("elsewhere"));
    Side side;
    side.store = store.state().store;
    side.root = {d.bucket, "dir/"};
    std::atomic<std::uint64_t> requests{0};
    ListingOptions options;
    options.page = 10;
    options.requests = &requests;
    ListingOptions behind = options;
    behind.start_after = "n195";

    auto whole = transfers::must(open_listing(*store.state().runtime, side, options));
    auto rest = transfers::must(open_listing(*store.state().runtime, side, behind));

    EXPECT_EQ(read_all(*whole).names, names);
    EXPECT_EQ(read_all(*rest).names, Names(names.begin() + 10, names.end()));
    // Where the order is the store's own, all is listed, whatever it begins behind.
    EXPECT_EQ(requests, side.store->dialect().has(engine::kOwnListOrder) ? 3u + 3u : 3u + 2u);
  }
}

TEST(StoreListing, TellsWhatTheStoreSaysOfAnObject) {
  transfers::Place place;
  for (const auto& d : transfers::kDialects) {
    SCOPED_TRACE(d.scheme);
    sluice::Store store = place.store(d);
    const auto stored = transfers::must(Object(store, d.bucket, "a/b").put("12345"));
    Side side;
    side.store = store.state().store;
    side.root = {d.bucket, "a/"};

    auto page = transfers::must(list_store(*store.state().runtime, side, {})->next());

    ASSERT_EQ(page.size(), 1u);
    EXPECT_EQ(page[0].name, "b");
    EXPECT_EQ(page[0].info.key, "a/b");
    EXPECT_EQ(page[0].info.size, 5u);
    EXPECT_EQ(page[0].info.etag, stored.etag);
    EXPECT_TRUE(page[0].info.modified);
  }
}

TEST(StoreListing, ReadsNoFurtherAheadThanItWasTold) {
  KeyPlace place({"a", "b", "c", "d", "e", "f", "g", "h"});
  place.store->page = 1;
  std::promise<void> fourth;
  place.store->instead = [&](const engine::ListOptions& o) {
    if (o.marker == "c") fourth.set_value();
    return std::optional<KeyStore::Page>();
  };

  auto listing = list_store(*place.runtime, place.side, {.pages_ahead = 2});
  ASSERT_EQ(listing->next().value().front().name, "a");
  fourth.get_future().wait();  // two stand ready and the next one waits for room

  EXPECT_EQ(place.store->lists, 4);
  EXPECT_EQ(read_all(*listing).names, (Names{"b", "c", "d", "e", "f", "g", "h"}));
}

TEST(StoreListing, LeavesMarkersOutWhereTheyAreNotWanted) {
  KeyPlace place({"p/", "p/a/", "p/a/x", "p/b"}, "p/");
  place.store->instead = [&](const engine::ListOptions&) {
    engine::ListPage page;
    for (const auto& key : place.store->keys) {
      page.objects.emplace_back();
      page.objects.back().key = key;
      page.objects.back().size = key.ends_with('/') ? 0 : 1;
    }
    return std::optional<KeyStore::Page>(std::move(page));
  };
  Names told;
  ListingOptions kept;
  kept.notes.skipped = [&](const std::string& name, std::string_view) { told.push_back(name); };
  ListingOptions skipped = kept;
  skipped.skip_markers = true;

  EXPECT_EQ(read_all(*list_store(*place.runtime, place.side, skipped)).names, (Names{"a/x", "b"}));
  EXPECT_EQ(told, Names());
  EXPECT_EQ(read_all(*list_store(*place.runtime, place.side, kept)).names, (Names{"a/", "a/x", "b"}));
  EXPECT_EQ(told, Names{"p/"});
}

TEST(StoreListing, RefusesAListThatIsNotInByteOrder) {
  for (const auto& wrong : {Names{"p/a", "p/b", "p/B"}, Names{"p/a", "p/a"}}) {
    KeyPlace place({}, "p/");
    place.store->instead = [&](const engine::ListOptions&) {
      engine::ListPage page;
      for (const auto& key : wrong) {
        page.objects.emplace_back();
        page.objects.back().key = key;
      }
      return std::optional<KeyStore::Page>(std::move(page));
    };

    const Listed refused = read_all(*list_store(*place.runtime, place.side, {}));
    const Listed taken = read_all(*list_store(*place.runtime, place.side, {}, ListOrder::any));

    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->kind, ErrorKind::decode);
    EXPECT_NE(refused.error->describe().find("not in byte order"), std::string::npos);
    EXPECT_NE(refused.error->describe().find("s3://bucket/p/"), std::string::npos);
    EXPECT_EQ(taken.names.size(), wrong.size());
  }
}

TEST(StoreListing, LeavesOutWhatAServerListsBeforeTheStart) {
  KeyPlace place({"a", "b", "c", "d"});
  place.store->page = 2;
  place.store->instead = [&](const engine::ListOptions& o) {
    std::optional<KeyStore::Page> all;
    if (!o.marker.empty()) return all;
    engine::ListPage page;
    for (const char* key : {"a", "b", "c", "d"}) {
      page.objects.emplace_back();
      page.objects.back().key = key;
    }
    all = std::move(page);
    return all;
  };

  EXPECT_EQ(read_all(*list_store(*place.runtime, place.side, {.start_after = "b"})).names, (Names{"c", "d"}));
}

TEST(StoreListing, GivesThePagesBeforeAnErrorAndThenTheErrorForGood) {
  KeyPlace place({"a", "b", "c"});
  place.store->page = 1;
  place.store->instead = [&](const engine::ListOptions& o) {
    std::optional<KeyStore::Page> answer;
    if (o.marker == "b") answer = fail(ErrorKind::network, "gone");
    return answer;
  };

  auto listing = list_store(*place.runtime, place.side, {});
  const Listed read = read_all(*listing);

  EXPECT_EQ(read.names, (Names{"a", "b"}));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->message, "gone");
  EXPECT_EQ(listing->next().error().message, "gone");
}

TEST(StoreListing, EndsAtOnceWhenItIsStopped) {
  KeyPlace place({"a", "b"});
  std::promise<void> asked;
  place.store->hangs = [&](const engine::ListOptions&) {
    asked.set_value();
    return true;
  };
  std::stop_source stop;
  ListingOptions options;
  options.stop = stop.get_token();

  auto listing = list_store(*place.runtime, place.side, options);
  asked.get_future().wait();
  stop.request_stop();

  ASSERT_FALSE(listing->next());
  EXPECT_EQ(listing->next().error().kind, ErrorKind::cancelled);
}

TEST(StoreListing, GoesWithoutHavingBeenRead) {
  KeyPlace place({"a", "b"});
  std::promise<void> asked;
  place.store->hangs = [&](const engine::ListOptions&) {
    asked.set_value();
    return true;
  };

  auto listing = list_store(*place.runtime, place.side, {});
  asked.get_future().wait();
  listing.reset();

  EXPECT_EQ(place.store->at_once, 0);
}

}  // namespace
}  // namespace sluice::bulk
