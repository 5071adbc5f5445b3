// Sizes, counts and times as text.
#include "cli/units.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

constexpr std::uint64_t kLeast = 1024, kMost = 5ull << 30;

TEST(Units, ReadsBinarySizesAndTakesABareNumberAsMebibytes) {
  EXPECT_EQ(parse_size("8", kLeast, kMost).value(), 8ull << 20);
  EXPECT_EQ(parse_size("100K", kLeast, kMost).value(), 102400u);
  EXPECT_EQ(parse_size("8m", kLeast, kMost).value(), 8ull << 20);
  EXPECT_EQ(parse_size("1G", kLeast, kMost).value(), 1ull << 30);
  EXPECT_EQ(parse_size("8MiB", kLeast, kMost).value(), 8ull << 20);
  EXPECT_EQ(parse_size("5242881B", kLeast, kMost).value(), 5242881u);
}

TEST(Units, TakesBothEndsOfTheRange) {
  EXPECT_EQ(parse_size("1K", kLeast, kMost).value(), kLeast);
  EXPECT_EQ(parse_size("5G", kLeast, kMost).value(), kMost);
  EXPECT_FALSE(parse_size("1023B", kLeast, kMost));
  EXPECT_FALSE(parse_size("5368709121B", kLeast, kMost));
}

TEST(Units, RefusesWhatIsNoSizeAndSaysTheRule) {
  for (const char* text : {"", "M", "-8M", "+8M", "8X", "8MB", "8 M", "0x10", "1.5G", "8MM",
                           "99999999999999999999", "17179869184T"}) {
    const auto size = parse_size(text, kLeast, kMost);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().kind, ErrorKind::argument) << text;
    EXPECT_NE(size.error().message.find("from 1K to 5G"), std::string::npos) << size.error().message;
  }
}

TEST(Units, RefusesCountsOutsideTheirRange) {
  EXPECT_EQ(parse_count("1", 1, 64).value(), 1u);
  EXPECT_EQ(parse_count("64", 1, 64).value(), 64u);
  for (const char* text : {"0", "65", "-1", "1x", "", " 1", "18446744073709551616"})
    EXPECT_FALSE(parse_count(text, 1, 64)) << text;
}

TEST(Units, ReadsTimesWithAndWithoutUnit) {
  using namespace std::chrono_literals;
  const auto parse = [](const char* text) { return parse_duration(text, 1s, 7 * 24h); };

  EXPECT_EQ(parse("90").value(), 90s);
  EXPECT_EQ(parse("15m").value(), 15min);
  EXPECT_EQ(parse("7d").value(), 7 * 24h);
  for (const char* text : {"0", "8d", "604801", "1w", "", "d", "-1", "18446744073709551615d"})
    EXPECT_FALSE(parse(text)) << text;
}

TEST(Units, WritesBytesForPeople) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1536), "1.50 KiB");
  EXPECT_EQ(format_bytes(10.0 * (1 << 20)), "10.0 MiB");
  EXPECT_EQ(format_size_exactly(102400), "100K");
  EXPECT_EQ(format_size_exactly(5242881), "5242881B");
}

TEST(Units, WritesTimesInUtc) {
  EXPECT_EQ(format_time(TimePoint(std::chrono::milliseconds(1'700'000'000'999))), "2023-11-14T22:13:20Z");
  EXPECT_EQ(format_duration(std::chrono::seconds(65)), "1:05");
  EXPECT_EQ(format_duration(std::chrono::seconds(7384)), "2:03:04");
}

TEST(Units, HidesControlCharactersButKeepsUnicode) {
  EXPECT_EQ(printable("a\nb\x1b[2Jc\x7f"), "a\\x0ab\\x1b[2Jc\\x7f");
  EXPECT_EQ(printable("文件 é"), "文件 é");
  // Terminals take U+009B for ESC [.
  EXPECT_EQ(printable("a\xc2\x9b[2J\xc2\xa0"), "a\\xc2\\x9b[2J\xc2\xa0");
}

TEST(Units, ReadsAMomentAsAnAgeADateOrATime) {
  using namespace std::chrono;
  const TimePoint now = sys_days(2026y / 11 / 3) + 12h;
  EXPECT_EQ(parse_moment("90s", now).value(), now - 90s);
  EXPECT_EQ(parse_moment("7d", now).value(), now - 168h);
  EXPECT_EQ(parse_moment("2026-11-01", now).value(), TimePoint(sys_days(2026y / 11 / 1)));
  EXPECT_EQ(parse_moment("2026-11-01T10:00:00Z", now).value(), TimePoint(sys_days(2026y / 11 / 1) + 10h));
  EXPECT_EQ(parse_moment("2026-11-01T10:00:00+08:00", now).value(), TimePoint(sys_days(2026y / 11 / 1) + 2h));
  for (const char* text :
       {"", "yesterday", "2026-13-01", "2026-02-30", "-1d", "7w", "90", "20261101", "2026-11-01 10:00"}) {
    const auto moment = parse_moment(text, now);
    ASSERT_FALSE(moment) << text;
    EXPECT_NE(moment.error().message.find("an age"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::cli
