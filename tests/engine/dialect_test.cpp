#include "engine/dialect.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/plan.h"

namespace sluice::engine {
namespace {

TEST(Dialects, AreFoundByEverySchemeTheyAnswerTo) {
  EXPECT_EQ(dialects().size(), 5u);
  EXPECT_EQ(find_dialect("oss"), &kOss);
  EXPECT_EQ(find_dialect("cos"), &kCos);
  EXPECT_EQ(find_dialect("tos"), &kTos);
  EXPECT_EQ(find_dialect("s3"), &kS3);
  for (const auto* scheme : {"qs", "ois", "qingstor", "QS"}) EXPECT_EQ(find_dialect(scheme), &kQingStor);
  EXPECT_EQ(find_dialect("http"), nullptr);
  EXPECT_EQ(find_dialect(""), nullptr);
}

TEST(Dialects, StateLimitsThatFitTogether) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    EXPECT_GT(d->limits.min_part, 0u);
    EXPECT_LT(d->limits.min_part, d->limits.max_part);
    EXPECT_EQ(d->limits.max_parts, 10000u);
    EXPECT_LE(d->limits.max_object, d->limits.max_part * d->limits.max_parts);
    EXPECT_GE(d->limits.max_put, d->limits.min_part);
    EXPECT_EQ(d->has(kPartsFromZero), d->limits.first_part == 0);
    EXPECT_EQ(d->header_prefix.back(), '-');
    EXPECT_EQ(d->integrity == Integrity::crc64_ecma, !d->header.crc64.empty());
  }
}

TEST(KeyRules, TakeTheLongestKeyAndRefuseOneByteMoreWithTheRule) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    std::string key(d->limits.max_key, 'k');
    EXPECT_TRUE(check_key(*d, key));
    // The limit counts bytes, not characters.
    std::string wide = "x";
    while (wide.size() + 3 <= d->limits.max_key) wide += "\xE4\xB8\xAD";
    wide.append(d->limits.max_key - wide.size(), 'y');
    EXPECT_TRUE(check_key(*d, wide));

    key += 'k';
    const auto refused = check_key(*d, key);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
    EXPECT_NE(refused.error().message.find(std::to_string(d->limits.max_key)), std::string::npos);
    EXPECT_NE(refused.error().message.find(d->vendor), std::string::npos);
    EXPECT_EQ(refused.error().attempts, 0);
  }
}

TEST(KeyRules, AreTheVendorsOwn) {
  struct Row {
    std::string key;
    std::set<std::string_view> refused_by;
  };
  const Row rows[] = {
      {"", {"s3", "oss", "cos", "tos", "qs"}},
      {"a", {}},
      {"a b+c//d%2F", {}},
      {"dir/", {}},
      {"\xE6\x96\x87\xE4\xBB\xB6 \xF0\x9F\x98\x80", {}},
      {"/a", {"oss", "tos", "qs"}},
      {"\\a", {"oss", "tos"}},
      {".", {"cos", "tos"}},
      {"..", {"cos", "tos"}},
      {"a/..", {"cos", "tos"}},
      {"./a", {}},
      {"a/../b", {}},
      {"...", {}},
      {"\xFF", {"s3", "oss", "cos", "tos", "qs"}},
      {"\xC0\xAF", {"s3", "oss", "cos", "tos", "qs"}},      // overlong '/'
      {"\xED\xA0\x80", {"s3", "oss", "cos", "tos", "qs"}},  // a surrogate
      {"cut \xE4\xB8", {"s3", "oss", "cos", "tos", "qs"}},
      {"\xF4\x90\x80\x80", {"s3", "oss", "cos", "tos", "qs"}},  // above U+10FFFF
  };
  for (const auto& row : rows)
    for (const Dialect* d : dialects())
      EXPECT_EQ(check_key(*d, row.key).has_value(), !row.refused_by.contains(d->name))
          << d->name << " '" << row.key << "'";
}

TEST(BucketRules, AreTheVendorsOwn) {
  struct Row {
    std::string bucket;
    std::set<std::string_view> taken_by;
  };
  const Row rows[] = {
      {"", {}},
      {"b", {"cos"}},
      {"abc", {"s3", "oss", "cos", "tos"}},
      {"abcdef", {"s3", "oss", "cos", "tos", "qs"}},
      {std::string(60, 'b'), {"s3", "oss", "cos", "tos", "qs"}},
      {std::string(63, 'b'), {"s3", "oss", "tos", "qs"}},
      {std::string(64, 'b'), {"s3"}},  // older and compatible stores have such buckets
      {"with.dots", {"s3"}},
      {"Upper_Case", {"s3"}},
      {"-begins", {}},
      {"ends-", {}},
      {"two..dots", {}},
      {"192.168.1.10", {}},
      {"slash/inside", {}},
      {"evil.com#", {}},
      {"new\nline", {}},
      {"at@host.example", {}},
  };
  for (const auto& row : rows)
    for (const Dialect* d : dialects())
      EXPECT_EQ(check_bucket(*d, row.bucket).has_value(), row.taken_by.contains(d->name))
          << d->name << " '" << row.bucket << "'";
}

}  // namespace
}  // namespace sluice::engine
