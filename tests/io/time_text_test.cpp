#include "io/time_text.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;
constexpr Seconds kTime{784887151s};

TEST(TimeText, WritesEveryForm) {
  EXPECT_EQ(http_date(kTime), "Tue, 15 Nov 1994 08:12:31 GMT");
  EXPECT_EQ(basic_time(kTime), "19941115T081231Z");
  EXPECT_EQ(basic_date(kTime), "19941115");
  EXPECT_EQ(iso_time(kTime), "1994-11-15T08:12:31Z");
  EXPECT_EQ(iso_time_millis(kTime + 7ms), "1994-11-15T08:12:31.007Z");
  EXPECT_EQ(http_date(Seconds{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(basic_time(Seconds{-1s}), "19691231T235959Z");
}

TEST(TimeText, ReadsWhatItWroteOverCenturies) {
  for (auto t = Seconds{}; t < Seconds{7258118400s}; t += 1234567s) {
    EXPECT_EQ(parse_http_date(http_date(t)), t);
    EXPECT_EQ(parse_basic_time(basic_time(t)), t);
    EXPECT_EQ(parse_iso_time(iso_time(t)), Millis(t));
    EXPECT_EQ(parse_iso_time(iso_time_millis(t + 999ms)), t + 999ms);
  }
}

TEST(TimeText, ReadsTheOlderHttpFormsToo) {
  EXPECT_EQ(parse_http_date("Tuesday, 15-Nov-94 08:12:31 GMT"), kTime);
  EXPECT_EQ(parse_http_date("Tue Nov 15 08:12:31 1994"), kTime);
  EXPECT_EQ(parse_http_date("Sat Nov  5 08:12:31 1994"), kTime - 240h);
  EXPECT_EQ(parse_http_date("Tue, 15 Nov 1994 08:12:31 UTC"), kTime);
}

TEST(TimeText, ReadsFractionsAndOffsets) {
  EXPECT_EQ(parse_iso_time("1994-11-15T08:12:31.5Z"), kTime + 500ms);
  EXPECT_EQ(parse_iso_time("1994-11-15T08:12:31.123456789Z"), kTime + 123ms);
  EXPECT_EQ(parse_iso_time("1994-11-15T16:12:31+08:00"), Millis(kTime));
  EXPECT_EQ(parse_iso_time("1994-11-15T03:12:31.000-05:00"), Millis(kTime));
}

TEST(TimeText, RefusesEverythingElse) {
  for (const char* bad : {"", "x", "Tue, 15 Nov 1994 08:12:31", "Tue, 32 Nov 1994 08:12:31 GMT",
                          "Tue, 15 Foo 1994 08:12:31 GMT", "Tue, 15 Nov 1994 24:12:31 GMT", "Tue, ",
                          "Tue, 15 Nov", "Tue, 15 Nov 1994 08:12:31 GMT "})
    EXPECT_FALSE(parse_http_date(bad)) << bad;
  for (const char* bad :
       {"", "19941115T081231", "19941315T081231Z", "19941115T081231Zx", "1994-11-15T08:12:31Z"})
    EXPECT_FALSE(parse_basic_time(bad)) << bad;
  for (const char* bad : {"", "1994-11-15", "1994-11-15T08:12:31", "1994-11-15T08:12:31.Z",
                          "1994-02-30T08:12:31Z", "1994-11-15T08:12:31+25:00", "1994-11-15T08:12:31Zx"})
    EXPECT_FALSE(parse_iso_time(bad)) << bad;
}

}  // namespace
}  // namespace sluice::io
