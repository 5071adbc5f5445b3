// Objects through the whole server, in the dialects that share the XML shapes.
#include <filesystem>
#include <fstream>

#include "io/checksum.h"
#include "io/percent.h"
#include "server_fixture.h"
#include "signers/digest.h"

namespace sluice::emulator::test {
namespace {

class ServerObjects : public ServerTest {
 protected:
  void SetUp() override {
    start();
    ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  }
};

TEST_F(ServerObjects, GiveBackWhatWasPutWithItsHeaders) {
  const std::string body = bytes_of(1'000'000, 1);
  const Answer put =
      s3("PUT", "/bucket/a/b%20c", body,
         {{"Content-Type", "text/plain"}, {"x-amz-meta-Colour", "blue"}, {"Cache-Control", "no-store"}});
  ASSERT_EQ(put.status, 200) << put.body;

  const Answer got = s3("GET", "/bucket/a/b%20c");

  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, body);
  EXPECT_EQ(got.headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(got.headers.get("x-amz-meta-colour"), "blue");
  EXPECT_EQ(got.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(got.headers.get("ETag"), put.headers.get("ETag"));
}

TEST_F(ServerObjects, SurviveARestart) {
  const std::string small = "small", large = bytes_of(300'000, 2);
  ASSERT_EQ(s3("PUT", "/bucket/small", small).status, 200);
  ASSERT_EQ(s3("PUT", "/bucket/large", large).status, 200);

  restart();

  EXPECT_EQ(s3("GET", "/bucket/small").body, small);
  EXPECT_EQ(s3("GET", "/bucket/large").body, large);
}

TEST_F(ServerObjects, HeadTellsTheLengthAndSendsNoBody) {
  ASSERT_EQ(s3("PUT", "/bucket/k", "12345").status, 200);
  const Answer there = s3("HEAD", "/bucket/k");
  EXPECT_EQ(there.status, 200);
  EXPECT_EQ(there.headers.get("Content-Length"), "5");
  const Answer missing = s3("HEAD", "/bucket/missing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.get("Content-Length"), "0");
}

TEST_F(ServerObjects, DeleteSucceedsTwice) {
  ASSERT_EQ(s3("PUT", "/bucket/k", "x").status, 200);
  EXPECT_EQ(s3("DELETE", "/bucket/k").status, 204);
  EXPECT_EQ(s3("GET", "/bucket/k").status, 404);
  EXPECT_EQ(s3("DELETE", "/bucket/k").status, 204);
}

TEST_F(ServerObjects, RangesAreThoseOfTheRfc) {
  ASSERT_EQ(s3("PUT", "/bucket/k", "0123456789").status, 200);
  const auto range = [&](const char* value) { return s3("GET", "/bucket/k", {}, {{"Range", value}}); };

  EXPECT_EQ(range("bytes=2-4").body, "234");
  EXPECT_EQ(range("bytes=2-4").headers.get("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(range("bytes=2-4").status, 206);
  EXPECT_EQ(range("bytes=7-").body, "789");
  EXPECT_EQ(range("bytes=-3").body, "789");
  EXPECT_EQ(range("bytes=8-100").body, "89");
  EXPECT_EQ(range("bytes=10-").status, 416);
  EXPECT_EQ(element(range("bytes=10-").body, "Code"), "InvalidRange");
  EXPECT_EQ(range("bytes=nonsense").status, 200);
}

TEST_F(ServerObjects, OssAnswersABadRangeWithTheWholeObjectUnlessAsked) {
  Ask put{.scheme = signers::Scheme::oss_v4, .method = "PUT", .path = "/bucket-o", .region = "cn-hangzhou"};
  ASSERT_EQ(ask(put).status, 200);
  put.path = "/bucket-o/k";
  put.body = "0123456789";
  const Answer stored = ask(put);
  ASSERT_EQ(stored.status, 200) << stored.body;
  EXPECT_EQ(stored.headers.get("ETag"), "\"781E5E245D69B566979B86E28D23F2C7\"");
  Ask get{.scheme = signers::Scheme::oss_v4, .path = "/bucket-o/k", .region = "cn-hangzhou"};

  get.headers = {{"Range", "bytes=20-30"}};
  EXPECT_EQ(ask(get).status, 200);
  EXPECT_EQ(ask(get).body, "0123456789");
  get.headers.add("x-oss-range-behavior", "standard");
  EXPECT_EQ(ask(get).status, 416);
}

TEST_F(ServerObjects, ConditionsDecideReadsAndWrites) {
  const std::string etag = s3("PUT", "/bucket/k", "first").headers.get("ETag");

  EXPECT_EQ(s3("GET", "/bucket/k", {}, {{"If-Match", etag}}).status, 200);
  EXPECT_EQ(s3("GET", "/bucket/k", {}, {{"If-Match", "\"other\""}}).status, 412);
  EXPECT_EQ(s3("GET", "/bucket/k", {}, {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(s3("GET", "/bucket/k", {}, {{"If-Unmodified-Since", "Tue, 14 Nov 2000 22:13:20 GMT"}}).status,
            412);
  EXPECT_EQ(s3("PUT", "/bucket/k", "second", {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(s3("GET", "/bucket/k").body, "first");
  EXPECT_EQ(s3("PUT", "/bucket/new", "second", {{"If-None-Match", "*"}}).status, 200);
}

TEST_F(ServerObjects, CopyKeepsOrReplacesMetadata) {
  ASSERT_EQ(s3("PUT", "/bucket/from", "bytes", {{"x-amz-meta-a", "1"}}).status, 200);

  EXPECT_EQ(s3("PUT", "/bucket/kept", {}, {{"x-amz-copy-source", "/bucket/from"}}).status, 200);
  EXPECT_EQ(s3("PUT", "/bucket/replaced", {},
               {{"x-amz-copy-source", "bucket/from"},
                {"x-amz-metadata-directive", "REPLACE"},
                {"x-amz-meta-b", "2"}})
                .status,
            200);

  EXPECT_EQ(s3("GET", "/bucket/kept").headers.get("x-amz-meta-a"), "1");
  EXPECT_EQ(s3("GET", "/bucket/replaced").headers.get("x-amz-meta-b"), "2");
  EXPECT_FALSE(s3("GET", "/bucket/replaced").headers.has("x-amz-meta-a"));
  EXPECT_EQ(s3("GET", "/bucket/replaced").body, "bytes");
  EXPECT_EQ(s3("PUT", "/bucket/from", {}, {{"x-amz-copy-source", "/bucket/from"}}).status, 400);
  EXPECT_EQ(s3("PUT", "/bucket/x", {}, {{"x-amz-copy-source", "/bucket/none"}}).status, 404);
}

TEST_F(ServerObjects, ListsPageWithDelimiterInBothVersions) {
  for (const char* key : {"a", "dir/1", "dir/2", "z"})
    ASSERT_EQ(s3("PUT", "/bucket/" + std::string(key), "x").status, 200);

  const std::string first = s3("GET", "/bucket?delimiter=/&max-keys=2").body;
  EXPECT_EQ(element(first, "NextMarker"), "dir/");
  EXPECT_EQ(element(first, "IsTruncated"), "true");
  const std::string second = s3("GET", "/bucket?delimiter=/&max-keys=2&marker=dir/").body;
  EXPECT_EQ(element(second, "Key"), "z");
  EXPECT_EQ(element(second, "IsTruncated"), "false");

  const std::string v2 = s3("GET", "/bucket?list-type=2&max-keys=3").body;
  EXPECT_EQ(element(v2, "KeyCount"), "3");
  const std::string token = element(v2, "NextContinuationToken");
  ASSERT_FALSE(token.empty());
  const std::string rest =
      s3("GET", "/bucket?list-type=2&continuation-token=" + io::percent_encode(token)).body;
  EXPECT_EQ(element(rest, "Key"), "z");
  EXPECT_EQ(s3("GET", "/bucket?list-type=2&continuation-token=%21").status, 400);
}

TEST_F(ServerObjects, ListsEncodeKeysThatXmlCannotCarry) {
  ASSERT_EQ(s3("PUT", "/bucket/a%01b%2Bc", "x").status, 200);
  const std::string listed = s3("GET", "/bucket?encoding-type=url").body;
  EXPECT_EQ(element(listed, "Key"), "a%01b%2Bc");
}

TEST_F(ServerObjects, DeleteManyWantsADigest) {
  ASSERT_EQ(s3("PUT", "/bucket/a", "x").status, 200);
  const std::string body = "<Delete><Object><Key>a</Key></Object><Object><Key>never</Key></Object></Delete>";
  EXPECT_EQ(s3("POST", "/bucket?delete", body).status, 400);
  EXPECT_EQ(s3("POST", "/bucket?delete", body, {{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}}).status, 400);
  EXPECT_EQ(s3("GET", "/bucket/a").status, 200);
  const std::string checksum = signers::base64(io::checksum_bytes(io::crc32(0, body)));
  const Answer gone = s3("POST", "/bucket?delete", body, {{"x-amz-checksum-crc32", checksum}});
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_NE(gone.body.find("<Key>never</Key>"), std::string::npos) << "a missing key counts as deleted";
  EXPECT_EQ(s3("GET", "/bucket/a").status, 404);
}

TEST_F(ServerObjects, AConditionThatWritesDoNotHaveIsRefusedAndNotIgnored) {
  const std::string etag = s3("PUT", "/bucket/k", "first").headers.get("ETag");

  const Answer refused = s3("PUT", "/bucket/k", "second", {{"If-None-Match", etag}});

  EXPECT_EQ(refused.status, 501);
  EXPECT_EQ(element(refused.body, "Code"), "NotImplemented");
  EXPECT_EQ(s3("GET", "/bucket/k").body, "first");
}

TEST_F(ServerObjects, BucketsFollowTheirRules) {
  EXPECT_EQ(element(s3("PUT", "/bucket").body, "Code"), "BucketAlreadyOwnedByYou");
  EXPECT_EQ(element(s3("PUT", "/Bad_Name").body, "Code"), "InvalidBucketName");
  ASSERT_EQ(s3("PUT", "/bucket/k", "x").status, 200);
  EXPECT_EQ(element(s3("DELETE", "/bucket").body, "Code"), "BucketNotEmpty");
  ASSERT_EQ(s3("DELETE", "/bucket/k").status, 204);
  EXPECT_EQ(s3("DELETE", "/bucket").status, 204);
  EXPECT_EQ(s3("HEAD", "/bucket").status, 404);
}

TEST_F(ServerObjects, HeadersOrderedByAQueryStayInTheirLine) {
  ASSERT_EQ(s3("PUT", "/bucket/k", "x").status, 200);
  const Answer got = s3("GET", "/bucket/k?response-content-type=a%0D%0AX-Evil:%201");
  EXPECT_EQ(got.status, 200);
  EXPECT_FALSE(got.headers.has("X-Evil"));
}

TEST_F(ServerObjects, KeysMayBeAsLongAsTheVendorSaysAndNoLonger) {
  EXPECT_EQ(s3("PUT", "/bucket/" + std::string(1024, 'k'), "x").status, 200);
  EXPECT_EQ(element(s3("PUT", "/bucket/" + std::string(1025, 'k'), "x").body, "Code"), "KeyTooLongError");
}

TEST_F(ServerObjects, AppendGrowsWhereItEnds) {
  Ask put{.scheme = signers::Scheme::oss_v1, .method = "PUT", .path = "/bucket-a"};
  ASSERT_EQ(ask(put).status, 200);
  Ask append{.scheme = signers::Scheme::oss_v1,
             .method = "POST",
             .path = "/bucket-a/log",
             .query = {{"append", ""}, {"position", "0"}},
             .body = "one"};
  const Answer first = ask(append);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.headers.get("x-oss-next-append-position"), "3");

  const Answer wrong = ask(append);
  EXPECT_EQ(wrong.status, 409);
  EXPECT_EQ(element(wrong.body, "Code"), "PositionNotEqualToLength");
  EXPECT_EQ(wrong.headers.get("x-oss-next-append-position"), "3");
  append.query[1].second = "3";
  append.body = "two";
  EXPECT_EQ(ask(append).status, 200);
  EXPECT_EQ(ask({.scheme = signers::Scheme::oss_v1, .path = "/bucket-a/log"}).body, "onetwo");
}

class TwoAccounts : public ServerTest {
 protected:
  void SetUp() override {
    options_.access_key = options_.secret_key = "";
    options_.keys_file = directory_ / "keys";
    std::ofstream(options_.keys_file) << R"({"users":[{"name":"ann","access_key":"ANN","secret_key":")" << secret_
                                      << R"("},{"name":"bob","access_key":"BOB","secret_key":")" << secret_ << R"("}]})";
    std::filesystem::permissions(options_.keys_file, std::filesystem::perms::owner_read);
    start();
  }
  Answer as(const char* access_key, std::string method, std::string path, std::string body = {}) {
    options_.access_key = access_key;
    return s3(std::move(method), std::move(path), std::move(body));
  }
};

TEST_F(TwoAccounts, TheOwnerIsWhoMadeTheBucketAndNotWhoAsks) {
  ASSERT_EQ(as("ANN", "PUT", "/bucket").status, 200);
  ASSERT_EQ(as("BOB", "PUT", "/bucket/k", "x").status, 200);
  ASSERT_EQ(as("BOB", "POST", "/bucket/k?uploads").status, 200);

  for (const char* path : {"/bucket", "/bucket?acl", "/bucket/k?acl", "/bucket?versions"})
    EXPECT_EQ(element(as("BOB", "GET", path).body, "ID"), "ann") << path;
  const std::string uploads = as("ANN", "GET", "/bucket?uploads").body;
  EXPECT_EQ(element(element(uploads, "Initiator"), "ID"), "bob");
  EXPECT_EQ(element(element(uploads, "Owner"), "ID"), "ann");
  EXPECT_EQ(element(as("BOB", "GET", "/").body, "ID"), "bob") << "a list of buckets is of who asks";
}

}  // namespace
}  // namespace sluice::emulator::test
