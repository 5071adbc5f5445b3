#include "io/http.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

TEST(Headers, FindsNamesWithoutCaseAndKeepsWireOrder) {
  Headers headers{{"Content-Type", "text/plain"}, {"x-amz-meta-a", "1"}, {"X-Amz-Meta-A", "2"}};

  EXPECT_EQ(headers.get("content-type"), "text/plain");
  EXPECT_EQ(headers.get("X-AMZ-META-A"), "1");
  EXPECT_EQ(headers.find("absent"), nullptr);
  EXPECT_EQ(headers.get("absent"), "");
  EXPECT_EQ(headers.size(), 3u);
}

TEST(Headers, SetReplacesEveryFieldOfThatName) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};

  headers.set("a", "9");
  headers.set("c", "4");

  ASSERT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers.begin()->first, "A");
  EXPECT_EQ(headers.begin()->second, "9");
  EXPECT_EQ(headers.get("C"), "4");
  headers.remove("B");
  EXPECT_FALSE(headers.has("b"));
  EXPECT_EQ(headers.size(), 2u);
}

TEST(Request, WritesItsTargetWithBareNamesForEmptyValues) {
  Request request;
  request.tls = true;
  request.host = "b.example.com";
  request.path = "/a%20b";
  request.query = {{"uploads", ""}, {"prefix", "x/y z+"}};

  EXPECT_EQ(request.target(), "/a%20b?uploads&prefix=x%2Fy%20z%2B");
  EXPECT_EQ(request.url(), "https://b.example.com/a%20b?uploads&prefix=x%2Fy%20z%2B");
  request.query.clear();
  request.path.clear();
  EXPECT_EQ(request.target(), "/");
}

TEST(Ranges, AreWrittenInclusive) {
  EXPECT_EQ(range_header({0, 9}), "bytes=0-9");
  EXPECT_EQ(range_header({5, {}}), "bytes=5-");
}

TEST(Ranges, ReadsContentRangeAndRefusesNonsense) {
  const auto range = parse_content_range("bytes 5-9/100");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 5u);
  EXPECT_EQ(range->last, 9u);
  EXPECT_EQ(range->total, 100u);
  ASSERT_TRUE(parse_content_range("bytes 0-0/*"));
  EXPECT_FALSE(parse_content_range("bytes 0-0/*")->total);
  EXPECT_EQ(parse_content_range("bytes 0-9/18446744073709551615")->total, 18446744073709551615u);
  for (const char* bad :
       {"", "bytes", "bytes */10", "bytes 9-5/10", "bytes 0-10/10", "items 0-1/2", "bytes 0-1", "bytes -1/2",
        "bytes 0-1/2x", "bytes 0-18446744073709551616/*", "bytes +0-1/2"})
    EXPECT_FALSE(parse_content_range(bad)) << bad;
}

}  // namespace
}  // namespace sluice::io
