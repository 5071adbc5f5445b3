// URLs and paths of the command line.
#include "cli/location.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

TEST(Location, ReadsEverySchemeAndItsAliases) {
  const std::pair<const char*, const char*> schemes[] = {{"oss", "oss"},     {"cos", "cos"}, {"tos", "tos"},
                                                         {"qs", "qs"},       {"ois", "ois"}, {"s3", "s3"},
                                                         {"qingstor", "qs"}, {"S3", "s3"}};
  for (const auto& [written, known] : schemes) {
    const auto at = parse_location(std::string(written) + "://bucket-1/dir/key");
    ASSERT_TRUE(at) << written;
    EXPECT_TRUE(at->is_object());
    EXPECT_EQ(at->scheme, known);
    EXPECT_EQ(at->bucket, "bucket-1");
    EXPECT_EQ(at->key, "dir/key");
    EXPECT_EQ(at->profile, "");
  }
}

TEST(Location, KeepsKeysByteForByte) {
  for (const std::string key :
       {"a b", "a+b", "a%20b", "a//b", "/a", "dir/", "x?y#z&w", "文件/é", "a@b:c", "..", "\x01\xff"}) {
    const auto at = parse_location("tos://bucket/" + key);
    ASSERT_TRUE(at) << key;
    EXPECT_EQ(at->key, key);
    EXPECT_EQ(at->text(), "tos://bucket/" + key);
  }
}

TEST(Location, TakesTheProfileBeforeTheSign) {
  const auto at = parse_location("oss://prod@bucket/k@y");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->profile, "prod");
  EXPECT_EQ(at->bucket, "bucket");
  EXPECT_EQ(at->key, "k@y");

  const auto buckets = parse_location("oss://prod@");
  ASSERT_TRUE(buckets);
  EXPECT_EQ(buckets->profile, "prod");
  EXPECT_EQ(buckets->bucket, "");
}

TEST(Location, RefusesSecretsInUrlsWithoutRepeatingThem) {
  for (const char* url : {"s3://AKIDEXAMPLE:s3cr3t@bucket/key", "s3://AKIDEXAMPLE:s3c/r3t@bucket/key",
                          "oss://user:s3cr3t@bucket", "s3://:s3cr3t@bucket/k", "s3://bucket:s3cr3t/k"}) {
    const auto at = parse_location(url);
    ASSERT_FALSE(at) << url;
    EXPECT_EQ(at.error().kind, ErrorKind::argument);
    EXPECT_EQ(at.error().describe().find("s3c"), std::string::npos) << at.error().describe();
    EXPECT_EQ(at.error().describe().find("AKIDEXAMPLE"), std::string::npos) << at.error().describe();
  }
}

TEST(Location, RefusesWhatNamesNoStore) {
  for (const char* url : {"gs://bucket/key", "http://host/x", "s3:///key", "s3://buc ket/key",
                          "s3://b\nucket/k", "s3://a b@bucket/k", "s3://@bucket/k", "file://relative", ""})
    EXPECT_FALSE(parse_location(url)) << url;
}

TEST(Location, TakesOtherTextsAsPaths) {
  for (const char* path : {"file", "./s3://x", "dir/", "a:b", "/tmp/x y", "s3:/bucket/key", "-x"}) {
    const auto at = parse_location(path);
    ASSERT_TRUE(at) << path;
    EXPECT_EQ(at->kind, Location::Kind::file);
    EXPECT_EQ(at->path, path);
  }
  EXPECT_EQ(parse_location("-")->kind, Location::Kind::standard);
  EXPECT_EQ(parse_location("file:///tmp/x")->path, "/tmp/x");
}

TEST(Location, TellsBucketsFromObjects) {
  EXPECT_TRUE(parse_bucket("s3://bucket"));
  EXPECT_TRUE(parse_bucket("s3://bucket/"));
  EXPECT_FALSE(parse_bucket("s3://bucket/key"));
  EXPECT_FALSE(parse_bucket("s3://"));
  EXPECT_FALSE(parse_object("s3://bucket/"));
  EXPECT_FALSE(parse_object("path"));
  EXPECT_TRUE(parse_object("s3://bucket//"));
}

TEST(Location, KnowsWhichProfilesFitWhichScheme) {
  EXPECT_TRUE(same_dialect("qingstor", "ois"));
  EXPECT_TRUE(same_dialect("S3", "s3"));
  EXPECT_FALSE(same_dialect("oss", "cos"));
  EXPECT_FALSE(same_dialect("nonsense", "s3"));
}

}  // namespace
}  // namespace sluice::cli
