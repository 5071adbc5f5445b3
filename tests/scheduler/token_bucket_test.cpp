#include "scheduler/token_bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace sluice::scheduler {
namespace {

using namespace std::chrono_literals;

const Clock::time_point kStart(1h);

std::chrono::milliseconds in_ms(std::optional<Clock::duration> wait) {
  return std::chrono::round<std::chrono::milliseconds>(wait.value_or(Clock::duration::max()));
}

TEST(TokenBucket, LetsEverybodyMoveWhereThereIsNoRate) {
  TokenBucket bucket;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(in_ms(bucket.until(bucket.book(1e9, kStart), kStart)), 0ms);
}

TEST(TokenBucket, MakesEverybodyWaitForWhatWasBookedBefore) {
  TokenBucket bucket;
  bucket.set_rate(1000, 0, kStart);

  const auto first = bucket.book(500, kStart), second = bucket.book(250, kStart),
             third = bucket.book(1, kStart);

  EXPECT_EQ(in_ms(bucket.until(first, kStart)), 0ms);
  EXPECT_EQ(in_ms(bucket.until(second, kStart)), 500ms);
  EXPECT_EQ(in_ms(bucket.until(third, kStart)), 750ms);
  EXPECT_EQ(in_ms(bucket.until(third, kStart + 700ms)), 50ms);
  EXPECT_EQ(in_ms(bucket.until(third, kStart + 800ms)), 0ms);
}

TEST(TokenBucket, LetsABurstGoAfterAPauseAndNoMore) {
  TokenBucket bucket;
  bucket.set_rate(1000, 100, kStart);
  const auto later = kStart + 1h;

  EXPECT_EQ(in_ms(bucket.until(bucket.book(100, later), later)), 0ms);
  EXPECT_EQ(in_ms(bucket.until(bucket.book(1000, later), later)), 0ms);
  EXPECT_EQ(in_ms(bucket.until(bucket.book(1, later), later)), 1000ms);
}

TEST(TokenBucket, GivesToTheNextWhatIsGivenBack) {
  TokenBucket bucket;
  bucket.set_rate(1000, 0, kStart);
  const auto first = bucket.book(1000, kStart);
  bucket.give_back(first, 900);
  EXPECT_EQ(in_ms(bucket.until(bucket.book(1, kStart), kStart)), 100ms);
}

TEST(TokenBucket, MakesNobodyWaitAtANewRateForWhatWasBookedAtAnOldOne) {
  TokenBucket bucket;
  bucket.set_rate(1e6, 0, kStart);
  bucket.book(60e6, kStart);
  const auto waiting = bucket.book(1, kStart);
  ASSERT_EQ(in_ms(bucket.until(waiting, kStart)), 60s);

  bucket.set_rate(10, 0, kStart + 1s);

  EXPECT_FALSE(bucket.until(waiting, kStart + 1s));
  bucket.give_back(waiting, 1);
  EXPECT_EQ(in_ms(bucket.until(bucket.book(1, kStart + 1s), kStart + 1s)), 0ms);
  EXPECT_EQ(in_ms(bucket.until(bucket.book(1, kStart + 1s), kStart + 1s)), 100ms);
}

TEST(TokenBucket, LetsThroughTheRateWhateverComesWhenever) {
  constexpr double kRate = 10'000, kBurst = 500, kPiece = 100;
  TokenBucket bucket;
  bucket.set_rate(kRate, kBurst, kStart);
  std::mt19937 random(1);
  // Each moves a piece when it is its turn, some later than that, and then wants the next.
  struct Client {
    TokenBucket::Place place;
    Clock::duration late;
  };
  std::vector<Client> clients(20);
  for (Client& client : clients) client = {bucket.book(kPiece, kStart), 0ms};
  double moved = 0;
  for (auto now = kStart; now < kStart + 60s; now += 1ms) {
    for (Client& client : clients) {
      if (bucket.until(client.place, now - client.late) > Clock::duration::zero()) continue;
      moved += kPiece;
      client.place = bucket.book(kPiece, now);
      client.late = std::chrono::milliseconds(random() % 5);
    }
    const double seconds = std::chrono::duration<double>(now - kStart).count();
    ASSERT_LE(moved, kRate * seconds + kBurst + kPiece) << seconds;
  }
  EXPECT_GE(moved, 0.99 * kRate * 60);
}

}  // namespace
}  // namespace sluice::scheduler
