// What a ranged GET may answer.
#include "io/file_range.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

Response answer(int status, Headers headers) {
  Response r;
  r.status = status;
  r.headers = std::move(headers);
  return r;
}

const ExpectedRange kMiddle{.first = 100, .length = 50, .total = 1000, .etag = "\"abc\""};

TEST(CheckRangeAnswer, AcceptsWhatWasAskedFor) {
  EXPECT_TRUE(check_range_answer(answer(206, {{"content-range", "bytes 100-149/1000"}, {"etag", "\"abc\""}}),
                                 kMiddle));
  EXPECT_TRUE(check_range_answer(answer(206, {{"Content-Range", "bytes 100-149/*"}}), kMiddle));
  EXPECT_TRUE(check_range_answer(answer(200, {{"Content-Length", "1000"}, {"ETag", "abc"}}),
                                 {.first = 0, .length = 1000, .total = 1000, .etag = "\"abc\""}));
  EXPECT_TRUE(check_range_answer(answer(206, {{"Content-Range", "bytes 0-999/1000"}}),
                                 {.first = 0, .length = 1000, .total = 1000, .etag = ""}));
}

TEST(CheckRangeAnswer, SaysThatTheObjectChanged) {
  const auto other_etag = check_range_answer(
      answer(206, {{"Content-Range", "bytes 100-149/1000"}, {"ETag", "\"other\""}}), kMiddle);
  ASSERT_FALSE(other_etag);
  EXPECT_EQ(other_etag.error().kind, ErrorKind::integrity);
  EXPECT_EQ(other_etag.error().message,
            "object changed during the transfer: its ETag is \"other\", not \"abc\"");

  const auto other_size = check_range_answer(answer(206, {{"Content-Range", "bytes 100-149/1001"}}), kMiddle);
  ASSERT_FALSE(other_size);
  EXPECT_EQ(other_size.error().kind, ErrorKind::integrity);

  const auto other_length = check_range_answer(answer(200, {{"Content-Length", "999"}}),
                                               {.first = 0, .length = 1000, .total = 1000, .etag = ""});
  ASSERT_FALSE(other_length);
  EXPECT_EQ(other_length.error().kind, ErrorKind::integrity);
}

TEST(CheckRangeAnswer, RefusesTheWholeObjectWhereARangeWasAskedFor) {
  const auto whole = check_range_answer(answer(200, {{"Content-Length", "1000"}}), kMiddle);
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().kind, ErrorKind::decode);

  // The first part of many begins at 0 too.
  EXPECT_FALSE(check_range_answer(answer(200, {{"Content-Length", "1000"}}),
                                  {.first = 0, .length = 50, .total = 1000, .etag = ""}));
}

TEST(CheckRangeAnswer, RefusesAnotherRangeAndNonsense) {
  for (const char* range : {"bytes 100-148/1000", "bytes 101-150/1000", "bytes 0-49/1000", "bytes x-y/1000",
                            "", "bytes 149-100/1000", "bytes 100-99/1000"}) {
    const auto checked = check_range_answer(answer(206, {{"Content-Range", range}}), kMiddle);
    ASSERT_FALSE(checked) << range;
    EXPECT_EQ(checked.error().kind, ErrorKind::decode) << range;
  }
  EXPECT_FALSE(check_range_answer(answer(206, {}), kMiddle));
  EXPECT_FALSE(check_range_answer(answer(204, {}), kMiddle));
}

}  // namespace
}  // namespace sluice::io
