// Rates, timetables, and who sets them in their time.
#include "cli/bwlimit.h"

#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/limit_keeper.h"

namespace sluice::cli {
namespace {

using std::chrono::system_clock;
using namespace std::chrono_literals;

constexpr std::uint64_t kKi = 1024, kMi = 1024 * kKi;

/// The zone of this process while it lives.
class Zone {
 public:
  explicit Zone(const char* rules) {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
    ::setenv("TZ", rules, 1);
    ::tzset();
  }
  ~Zone() {
    before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

 private:
  std::optional<std::string> before_;
};
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

system_clock::time_point utc(int year, int month, int day, int hour, int minute, int second = 0) {
  const std::chrono::sys_days date = std::chrono::year(year) / month / day;
  return date + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

Timetable table(std::string_view text) {
  const auto parsed = parse_bwlimit(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().describe();
  return parsed.value_or(Timetable());
}

Rates constant(std::string_view text) {
  const RatesNow found = rates_at(table(text), utc(2026, 11, 3, 12, 0));
  EXPECT_FALSE(found.until) << text;
  return found.rates;
}

TEST(Bwlimit, ReadsOneRateOrOneForEachWay) {
  EXPECT_EQ(constant("10M"), (Rates{10 * kMi, 10 * kMi}));
  EXPECT_EQ(constant("512k"), (Rates{512 * kKi, 512 * kKi}));
  EXPECT_EQ(constant("2MiB:1G"), (Rates{2 * kMi, 1024 * kMi}));
  EXPECT_EQ(constant("10M:off"), (Rates{10 * kMi, 0}));
  EXPECT_EQ(constant("off:64K"), (Rates{0, 64 * kKi}));
  EXPECT_EQ(constant("off"), Rates());
  EXPECT_EQ(constant("0"), Rates());
  EXPECT_EQ(table("off:0"), Timetable());
}

TEST(Bwlimit, RefusesABareNumberAndSaysWhatItMayMean) {
  for (const char* text : {"10", "10:1M", "1M:10", "08:00,512", "Mon-08:00,1M:3"}) {
    const auto parsed = parse_bwlimit(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find("no unit"), std::string::npos) << parsed.error().message;
  }
}

TEST(Bwlimit, RefusesWhatIsNoRateAndNoTimetable) {
  for (const char* text :
       {"", " ", ",", ":", "fast", "10M:", ":10M", "1M:2M:3M", "100B", "2T", "-1M", "1.5M", "10M 20M",
        "8:00,1M", "08:00", "24:00,1M", "08:60,1M", "08:00,", "08:00,1M,2M", "08:00,1M 10M", "Foo-08:00,1M", "-08:00,1M",
        "Mon08:00,1M", "08:00,1M 08:00,2M", "Mon-08:00,1M monday-08:00,2M", "08.00,1M"})
    EXPECT_FALSE(parse_bwlimit(text)) << text;
}

TEST(Bwlimit, HoldsAnEntryUntilTheNextOneAlsoOverMidnight) {
  const Zone zone("UTC0");
  const Timetable day = table("08:00,512K  19:00,off:1M");

  const auto morning = rates_at(day, utc(2026, 11, 3, 7, 59, 59));
  EXPECT_EQ(morning.rates, (Rates{0, kMi}));
  EXPECT_EQ(morning.until, utc(2026, 11, 3, 8, 0));

  const auto office = rates_at(day, utc(2026, 11, 3, 8, 0));
  EXPECT_EQ(office.rates, (Rates{512 * kKi, 512 * kKi}));
  EXPECT_EQ(office.until, utc(2026, 11, 3, 19, 0));

  const auto evening = rates_at(day, utc(2026, 11, 30, 19, 0, 1));
  EXPECT_EQ(evening.rates, (Rates{0, kMi}));
  EXPECT_EQ(evening.until, utc(2026, 12, 1, 8, 0));
}

TEST(Bwlimit, HoldsAnEntryOfADayUntilTheNextOneOfTheWeek) {
  const Zone zone("UTC0");
  const Timetable week = table("Mon-08:00,1M friday-18:00,off SAT-12:00,5M");

  // 2026-11-02 is a Monday.
  EXPECT_EQ(rates_at(week, utc(2026, 11, 2, 7, 59)).rates, (Rates{5 * kMi, 5 * kMi}));
  EXPECT_EQ(rates_at(week, utc(2026, 11, 2, 8, 0)).rates, (Rates{kMi, kMi}));
  EXPECT_EQ(rates_at(week, utc(2026, 11, 4, 3, 0)).until, utc(2026, 11, 6, 18, 0));
  EXPECT_EQ(rates_at(week, utc(2026, 11, 7, 0, 0)).rates, Rates());
  EXPECT_EQ(rates_at(week, utc(2026, 11, 8, 0, 0)).rates, (Rates{5 * kMi, 5 * kMi}));
  EXPECT_EQ(rates_at(week, utc(2026, 11, 8, 0, 0)).until, utc(2026, 11, 9, 8, 0));
}

TEST(Bwlimit, AnEntryOfADayGoesBeforeOneOfEveryDay) {
  const Zone zone("UTC0");
  for (const char* text : {"08:00,1M Sat-08:00,off 19:00,2M", "Sat-08:00,off 08:00,1M 19:00,2M"}) {
    EXPECT_EQ(rates_at(table(text), utc(2026, 11, 6, 8, 0)).rates, (Rates{kMi, kMi})) << text;
    EXPECT_EQ(rates_at(table(text), utc(2026, 11, 7, 8, 0)).rates, Rates()) << text;
  }
}

TEST(Bwlimit, AnEntryThatStandsAloneHoldsAlways) {
  const Zone zone("UTC0");
  EXPECT_EQ(constant("08:00,1M").up, kMi);
  const auto found = rates_at(table("Mon-08:00,1M"), utc(2026, 11, 8, 0, 0));
  EXPECT_EQ(found.rates, (Rates{kMi, kMi}));
  EXPECT_FALSE(found.until);
}

TEST(Bwlimit, GoesByTheLocalClockInSummerAndInWinter) {
  const Zone zone(kBerlin);
  const Timetable day = table("08:00,1M 20:00,off");
  EXPECT_EQ(rates_at(day, utc(2026, 7, 1, 5, 59)).rates, Rates());
  EXPECT_EQ(rates_at(day, utc(2026, 7, 1, 6, 0)).rates, (Rates{kMi, kMi}));
  EXPECT_EQ(rates_at(day, utc(2026, 12, 1, 6, 59)).rates, Rates());
  EXPECT_EQ(rates_at(day, utc(2026, 12, 1, 7, 0)).rates, (Rates{kMi, kMi}));
  // The night in which the clock goes from 02:00 to 03:00 is an hour shorter.
  EXPECT_EQ(rates_at(day, utc(2026, 3, 28, 20, 0)).until, utc(2026, 3, 29, 6, 0));
  EXPECT_EQ(rates_at(day, utc(2026, 10, 24, 20, 0)).until, utc(2026, 10, 25, 7, 0));
}

/// What is in effect at each minute, found by going from one change to the next.
void go_through(const Timetable& day, system_clock::time_point from, system_clock::time_point to) {
  int steps = 0;
  for (auto now = from; now < to; ++steps) {
    const RatesNow found = rates_at(day, now);
    ASSERT_TRUE(found.until);
    ASSERT_GT(*found.until, now);
    ASSERT_LE(*found.until - now, 25h);
    now = *found.until;
  }
  EXPECT_LE(steps, 16);
}

TEST(Bwlimit, GoesOnThroughHoursThatAreMissingOrComeTwice) {
  const Zone zone(kBerlin);
  const Timetable night = table("02:15,1M 02:45,2M 03:30,off");
  // Spring: 02:15 and 02:45 do not exist; what holds at 03:00 is what they would have left.
  EXPECT_EQ(rates_at(night, utc(2026, 3, 29, 0, 59)).rates, Rates());
  EXPECT_EQ(rates_at(night, utc(2026, 3, 29, 1, 0)).rates, (Rates{2 * kMi, 2 * kMi}));
  EXPECT_EQ(rates_at(night, utc(2026, 3, 29, 1, 30)).rates, Rates());
  go_through(night, utc(2026, 3, 28, 12, 0), utc(2026, 3, 30, 12, 0));
  // Autumn: both come twice, 00:15 and 01:15 UTC.
  for (int hour : {0, 1}) {
    EXPECT_EQ(rates_at(night, utc(2026, 10, 25, hour, 20)).rates, (Rates{kMi, kMi}));
    EXPECT_EQ(rates_at(night, utc(2026, 10, 25, hour, 50)).rates, (Rates{2 * kMi, 2 * kMi}));
  }
  for (int minute = 0; minute < 180; minute += 7)
    go_through(night, utc(2026, 10, 25, 0, 0) + std::chrono::minutes(minute), utc(2026, 10, 27, 12, 0));
}

TEST(Tpslimit, IsANumberThatMayBeAFraction) {
  EXPECT_EQ(parse_tpslimit("20").value(), 20);
  EXPECT_EQ(parse_tpslimit("0.5").value(), 0.5);
  EXPECT_EQ(parse_tpslimit("off").value(), 0);
  EXPECT_EQ(parse_tpslimit("0").value(), 0);
  for (const char* text : {"", "-1", "1e9", "nan", "inf", "20/s", "0.0001", " 1"})
    EXPECT_FALSE(parse_tpslimit(text)) << text;
}

/// What a keeper has set, one after the other.
class Told {
 public:
  LimitKeeper::Set set() {
    return [this](const Limits& limits) {
      const std::lock_guard lock(mutex_);
      if (told_.empty() || told_.back() != limits) told_.push_back(limits);
      changed_.notify_all();
    };
  }
  void wait_for(const Limits& limits) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !told_.empty() && told_.back() == limits; });
  }
  std::vector<Limits> all() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Limits> told_;
};

TEST(LimitKeeper, SetsWhatHoldsBeforeItIsMade) {
  Told told;
  const LimitKeeper keeper(told.set(), table("1M:2M"), 7);
  EXPECT_EQ(told.all(), (std::vector<Limits>{{kMi, 2 * kMi, 7}}));
}

TEST(LimitKeeper, SetsWhatATimetableSaysWhenItsTimeHasCome) {
  const Zone zone("UTC0");
  Told told;
  // A clock that stands a little before 08:00, and a little later a little before 19:00.
  std::atomic<int> looks{0};
  const auto clock = [&looks] {
    const auto eight = utc(2026, 11, 3, 8, 0), seven = utc(2026, 11, 3, 19, 0);
    return (looks++ < 2 ? eight : seven) - 20ms;
  };

  const LimitKeeper keeper(told.set(), table("08:00,1M 19:00,off"), 0, clock);

  told.wait_for({kMi, kMi, 0});
  EXPECT_EQ(told.all(), (std::vector<Limits>{{}, {kMi, kMi, 0}}));
}

TEST(LimitKeeper, TakesOthersWhileItWaits) {
  const Zone zone("UTC0");
  Told told;
  const auto noon = [] { return utc(2026, 11, 3, 12, 0); };
  LimitKeeper keeper(told.set(), table("08:00,1M 19:00,off"), 0, noon);

  keeper.change(table("3M"), 5);

  EXPECT_EQ(told.all(), (std::vector<Limits>{{kMi, kMi, 0}, {3 * kMi, 3 * kMi, 5}}));
}

}  // namespace
}  // namespace sluice::cli
