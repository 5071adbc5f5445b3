// Keys of every kind, through every operation, on every dialect: what goes in by a name comes back by it.
// And names that a store forbids are refused before any request, with the rule named.
//   SLUICE_KEYS=N   keys a dialect (500)
#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

/// What a dialect's documents say of its keys, told here once more: the test and the engine must agree.
struct KeyRule {
  std::string scheme;
  std::size_t longest;         // bytes
  std::string not_first;       // a key must not begin with one of these
  bool dots_are_none = false;  // a key that a URL parser would reduce to the bucket is refused
};
const std::vector<KeyRule> kRules{
    {"oss", 1023, "/\\"}, {"cos", 850, "", true}, {"tos", 1024, "/\\", true},
    {"qs", 1023, "/"},    {"s3", 1024, ""},
};
const KeyRule& rule_of(const std::string& scheme) {
  return *std::find_if(kRules.begin(), kRules.end(), [&](const KeyRule& r) { return r.scheme == scheme; });
}

bool only_dots(const std::string& key) {
  int depth = 0;
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t end = std::min(key.find('/', begin), key.size());
    const std::string segment = key.substr(begin, end - begin);
    if (segment == "..") depth = std::max(depth - 1, 0);
    if (!segment.empty() && segment != "." && segment != "..") ++depth;
    begin = end + 1;
  }
  return depth == 0;
}

/// The rule that a key breaks, in the words its refusal must hold; empty: the store takes it.
std::string broken(const KeyRule& rule, const std::string& key) {
  if (rule.not_first.find(key.front()) != std::string::npos)
    return key.front() == '/' ? "no '/' at its beginning" : "no '\\' at its beginning";
  return rule.dots_are_none && only_dots(key) ? "dots and slashes" : "";
}

const std::vector<std::string> kPieces{
    "a",           "Z",       "0",    "-",      "_",           "~",      " ",      "  ",     "+",
    "%",           "%2F",     "%20",  "%00",    "/",           "//",     ".",      "..",     "/./",
    "/../",        "?",       "#",    "&",      "=",           ";",      ":",      "@",      "$",
    ",",           "!",       "*",    "'",      "\"",          "(",      ")",      "<",      ">",
    "&amp;",       "[",       "]",    "{",      "|",           "\\",     "^",      "`",      "\t",
    "\n",          "\r",      "\x01", "\x1f",   "\x7f",        "\u0085", "é",      "ü",      "ß",
    "中",          "日本",    "ключ", "🌊",      "\u200b",      "\u2028", "\ufeff", "\ufffe", "e\u0301",
    "versionId=1", "uploads", "acl",  "bucket", ".sluice-part"};

/// The same keys in every run. Most are short; some are as long as the store allows.
std::vector<std::string> generated(std::size_t count, std::size_t longest, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<std::string> keys;
  while (keys.size() < count) {
    const std::uint64_t kind = random() % 20;
    const std::size_t size = kind == 0 ? longest : kind == 1 ? longest - random() % 3 : 1 + random() % 40;
    std::string key;
    for (int misses = 0; key.size() < size && misses < 20;) {
      const std::string& piece = kPieces[random() % kPieces.size()];
      if (key.size() + piece.size() <= size)
        key += piece;
      else
        ++misses;
    }
    if (!key.empty()) keys.insert(key);
  }
  return {keys.begin(), keys.end()};
}

std::vector<std::string> listed(Store& store, const std::string& bucket, const std::string& prefix,
                                std::uint32_t page) {
  std::vector<std::string> keys;
  ListOptions options;
  options.prefix = prefix;
  options.limit = page;
  do {
    ListPage one = must(store.list(bucket, options));
    for (const ObjectInfo& object : one.objects) keys.push_back(object.key);
    options.marker = one.next_marker;
  } while (!options.marker.empty());
  return keys;
}

std::size_t keys_a_dialect() {
  const char* asked = std::getenv("SLUICE_KEYS");
  return asked ? std::strtoull(asked, nullptr, 10) : 500;
}

std::string body_of(const std::string& key) {
  return "the value of " + key;
}

TEST(Keys, OfEveryKindArePutListedReadCopiedSignedAndDeleted) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    const KeyRule& rule = rule_of(d.scheme);
    Store store = place.store(d);
    std::vector<std::string> taken;
    std::vector<std::pair<std::string, Transfer>> puts, copies;
    std::vector<std::string> bodies;
    const auto keys = generated(keys_a_dialect(), rule.longest, 20240607);
    for (const std::string& key : keys) bodies.push_back(body_of(key));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      Transfer put = place.client->upload(Source::memory(bodies[i]), store, d.bucket, keys[i]);
      const std::string rule_broken = broken(rule, keys[i]);
      if (rule_broken.empty()) {
        taken.push_back(keys[i]);
        puts.emplace_back(keys[i], put);
        continue;
      }
      const auto refused = put.wait();
      ASSERT_FALSE(refused) << keys[i];
      EXPECT_EQ(refused.error().kind, ErrorKind::argument) << keys[i];
      EXPECT_NE(refused.error().describe().find(rule_broken), std::string::npos)
          << refused.error().describe();
    }
    for (auto& [key, put] : puts) must(put.wait(), (key + ": ").c_str());
    // None was made for those that were refused; the store counts an answer only after it is sent.
    EXPECT_LE(place.local.requests(d.scheme, "put_object"), taken.size());

    EXPECT_EQ(listed(store, d.bucket, "", 0), taken);
    EXPECT_EQ(listed(store, d.bucket, "", 100), taken);
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const std::string& key = taken[i];
      EXPECT_EQ(must(store.read(d.bucket, key)), body_of(key));
      EXPECT_EQ(must(store.head(d.bucket, key)).size, body_of(key).size());
      const std::string url = must(store.presign("GET", d.bucket, key, std::chrono::minutes(5)));
      EXPECT_EQ(place.local.fetch(url), body_of(key)) << url;
      copies.emplace_back(key, place.client->copy(store, d.bucket, key, store, d.bucket,
                                                  "copies of keys/" + std::to_string(i)));
    }
    for (std::size_t i = 0; i < copies.size(); ++i) {
      must(copies[i].second.wait(), (copies[i].first + ": ").c_str());
      EXPECT_EQ(must(store.read(d.bucket, "copies of keys/" + std::to_string(i))), body_of(taken[i]));
      must(store.remove(d.bucket, "copies of keys/" + std::to_string(i)));
    }
    for (const std::string& key : taken) must(store.remove(d.bucket, key), (key + ": ").c_str());
    EXPECT_EQ(listed(store, d.bucket, "", 0), std::vector<std::string>());
  }
}

TEST(Keys, ThatAStoreForbidsAreRefusedBeforeAnyRequestWithTheRuleNamed) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    const KeyRule& rule = rule_of(d.scheme);
    Store store = place.store(d);
    std::vector<std::pair<std::string, std::string>> forbidden{
        {"", "1 to"},
        {std::string(rule.longest + 1, 'k'), "at most " + std::to_string(rule.longest)},
        {"not UTF-8: \xff", "UTF-8"},
        {"cut short: \xe4\xb8", "UTF-8"}};
    for (const char first : rule.not_first) forbidden.emplace_back(std::string(1, first) + "k", "beginning");
    if (rule.dots_are_none) {
      for (const char* key : {".", "..", "a/..", "./", "../.."}) forbidden.emplace_back(key, "dots");
    }
    place.local.reset_counters();
    for (const auto& [key, words] : forbidden) {
      SCOPED_TRACE(d.scheme + " " + key.substr(0, 20));
      const std::string bytes = "x";
      const auto refuses = [&](const auto& result) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::argument);
        EXPECT_NE(result.error().describe().find(words), std::string::npos) << result.error().describe();
      };
      refuses(place.client->upload(Source::memory(bytes), store, d.bucket, key).wait());
      refuses(store.head(d.bucket, key));
      refuses(store.read(d.bucket, key));
      refuses(store.remove(d.bucket, key));
      refuses(store.presign("GET", d.bucket, key, std::chrono::minutes(5)));
    }
    for (const char* operation : {"put_object", "head_object", "get_object", "delete_object"})
      EXPECT_EQ(place.local.requests(d.scheme, operation), 0u) << d.scheme << " " << operation;
    const std::string longest(rule.longest, 'k');
    must(place.client->upload(Source::memory(longest), store, d.bucket, longest).wait());
    EXPECT_EQ(must(store.read(d.bucket, longest)), longest) << d.scheme;
  }
}

}  // namespace
}  // namespace sluice::transfers
