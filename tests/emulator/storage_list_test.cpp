// Lists against a naive model, and what a page costs.
#include <sys/resource.h>

#include <map>
#include <set>

#include "storage_fixture.h"

namespace sluice::emulator {
namespace {

/// Names of a page, prefixes marked with '*', in order.
struct Names {
  std::vector<std::string> names{};
  bool truncated = false;
  bool operator==(const Names&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Names& names) {
  for (const auto& name : names.names) out << ::testing::PrintToString(name) << ' ';
  return out << (names.truncated ? "..." : "");
}

Names of(const ListPage& page) {
  Names names{.truncated = page.truncated};
  for (const auto& object : page.objects) names.names.push_back(object.key);
  for (const auto& prefix : page.prefixes) names.names.push_back(prefix + "*");
  std::sort(names.names.begin(), names.names.end());
  return names;
}

/// The definition: every key becomes a name; names greater than the marker are listed.
Names model(const std::set<std::string>& keys, const ListRequest& request) {
  std::map<std::string, bool> names;
  for (const std::string& key : keys) {
    if (!key.starts_with(request.prefix)) continue;
    std::size_t found =
        request.delimiter.empty() ? std::string::npos : key.find(request.delimiter, request.prefix.size());
    bool folded = found != std::string::npos;
    std::string name = folded ? key.substr(0, found + request.delimiter.size()) : key;
    if (name > request.marker) names[name] = folded;
  }
  Names page;
  for (const auto& [name, folded] : names) {
    if (page.names.size() == request.limit) {
      page.truncated = request.limit > 0;
      break;
    }
    page.names.push_back(name + (folded ? "*" : ""));
  }
  std::sort(page.names.begin(), page.names.end());
  return page;
}

std::string random_key(std::mt19937_64& random) {
  static const std::vector<std::string> pieces = {
      "a", "b", "/", "//", "ab", "\xff", "\xff\xff", std::string(1, '\0'), "ü", "日", "-", "a/"};
  std::string key;
  for (std::size_t count = 1 + random() % 5; count > 0; --count) key += pieces[random() % pieces.size()];
  return key;
}

using StorageList = StorageTest;

TEST_F(StorageList, AgreesWithTheModelOnRandomKeys) {
  std::mt19937_64 random(20'240'601);
  std::set<std::string> keys;
  for (int step = 0; step < 2000; ++step) {
    std::string key = random_key(random);
    if (random() % 4 != 0) {
      std::vector<BulkObject> objects = {{.key = key, .body = "x"}};
      ASSERT_TRUE(storage->bulk_put(bucket, objects));
      keys.insert(key);
    } else if (!keys.empty()) {
      auto at = keys.lower_bound(key);
      if (at == keys.end()) at = keys.begin();
      ASSERT_TRUE(*storage->remove(bucket, *at));
      keys.erase(at);
    }
    ListRequest request;
    if (random() % 3) request.prefix = random_key(random).substr(0, random() % 4);
    if (random() % 3) request.delimiter = random() % 4 == 0 ? random_key(random) : "/";
    if (random() % 2) request.marker = random_key(random);
    request.limit = static_cast<std::uint32_t>(random() % 12);
    auto page = storage->list(bucket, request);
    ASSERT_TRUE(page);
    ASSERT_EQ(of(*page), model(keys, request)) << "prefix " << ::testing::PrintToString(request.prefix)
                                               << " delimiter " << ::testing::PrintToString(request.delimiter)
                                               << " marker " << ::testing::PrintToString(request.marker);
  }
  ASSERT_GT(keys.size(), 100u);
}

TEST_F(StorageList, WalksAllPagesWithoutLossOrRepetition) {
  std::mt19937_64 random(99);
  std::set<std::string> keys;
  std::vector<BulkObject> objects;
  for (int i = 0; i < 600; ++i) {
    std::string key = random_key(random) + random_key(random);
    if (keys.insert(key).second) objects.push_back({.key = key});
  }
  ASSERT_TRUE(storage->bulk_put(bucket, objects));
  for (std::string delimiter : {"", "/", "a", "ab"}) {
    for (std::string prefix : {"", "a", "a/", "\xff"}) {
      for (std::uint32_t limit : {1u, 2u, 7u, 1000u}) {
        ListRequest request{.prefix = prefix, .delimiter = delimiter, .limit = limit};
        std::vector<std::string> walked;
        for (;;) {
          auto page = storage->list(bucket, request);
          ASSERT_TRUE(page);
          Names names = of(*page);
          walked.insert(walked.end(), names.names.begin(), names.names.end());
          if (!page->truncated) break;
          ASSERT_EQ(names.names.size(), limit);
          ASSERT_GT(page->next_marker, request.marker);
          request.marker = page->next_marker;
        }
        std::sort(walked.begin(), walked.end());
        ListRequest all{.prefix = prefix, .delimiter = delimiter, .limit = 1'000'000};
        ASSERT_EQ(walked, model(keys, all).names);
      }
    }
  }
}

TEST_F(StorageList, AnswersHeadersOnlyWhenAsked) {
  put("k", "x", {.attributes = {.storage_class = "IA", .headers = {{"a", "b"}}}});
  EXPECT_TRUE(storage->list(bucket, {})->objects[0].attributes.headers.empty());
  EXPECT_EQ(storage->list(bucket, {})->objects[0].attributes.storage_class, "IA");
  EXPECT_EQ(storage->list(bucket, {.headers = true})->objects[0].attributes.headers.size(), 1u);
}

TEST_F(StorageList, DoesNotReachIntoTheNextBucket) {
  ASSERT_TRUE(storage->create_bucket({"s3", "next"}, {}));
  ASSERT_TRUE(storage->put({"s3", "next"}, "a", body("x")));
  EXPECT_TRUE(storage->list(bucket, {})->objects.empty());
  put("\xff/x", "x");
  auto page = storage->list(bucket, {.delimiter = "/", .limit = 5});
  EXPECT_EQ(page->prefixes, std::vector<std::string>{"\xff/"});
  EXPECT_FALSE(page->truncated);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// 40,000 keys under 40 common prefixes: a walk over the keys would read a thousand for each name.
TEST_F(StorageList, SkipsWhatACommonPrefixCovers) {
  for (int folder = 0; folder < 40; ++folder) {
    std::vector<BulkObject> objects;
    for (int i = 0; i < 1000; ++i)
      objects.push_back({.key = "d" + std::to_string(folder) + "/" + std::to_string(i), .body = ""});
    ASSERT_TRUE(storage->bulk_put(bucket, objects));
  }
  double start = cpu_seconds();
  for (int i = 0; i < 5; ++i) ASSERT_EQ(storage->list(bucket, {.limit = 40'000})->objects.size(), 40'000u);
  double by_key = cpu_seconds() - start;
  start = cpu_seconds();
  for (int i = 0; i < 5; ++i) ASSERT_EQ(storage->list(bucket, {.delimiter = "/"})->prefixes.size(), 40u);
  double by_prefix = cpu_seconds() - start;
  EXPECT_LT(by_prefix, by_key / 20);
}

}  // namespace
}  // namespace sluice::emulator
