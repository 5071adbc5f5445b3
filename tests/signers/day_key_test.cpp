// The cache of day keys: whatever the order of days, regions and keys, and from any thread, a signature is
// the one that a fresh key gives.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "signers/digest.h"
#include "signers/v4.h"
#include "support.h"

namespace sluice::signers {
namespace {

using namespace testing;

std::string fresh(const V4Family& family, const Credentials& who, std::string_view day,
                  std::string_view region, std::string_view text) {
  std::string key = std::string(family.key_prefix) + who.secret_key;
  for (const auto step : {day, region, family.service, family.terminator}) key = hmac_sha256(key, step);
  return hex(hmac_sha256(key, text));
}

/// The n-th of many combinations of family, key, day and region.
struct Pick {
  const V4Family& family;
  Credentials who;
  std::string day, region;

  explicit Pick(int n)
      : family(n % 3 == 0   ? kSigV4
               : n % 3 == 1 ? kTos4
                            : kOssV4),
        who{"AK" + std::to_string(n % 5), "secret" + std::to_string(n % 7), ""},
        day(n % 2 ? "20231114" : "20231115"),
        region(n % 11 ? "us-east-1" : "eu-west-1") {}
};

TEST(DayKeys, AreRightInAnyOrderAndBeyondTheCachesSize) {
  for (int n = 0; n < 3000; ++n) {
    const Pick pick((n * 7919) % 2310);
    const auto got = v4_day_key(pick.family, pick.who, pick.day, pick.region).sign_hex("text");
    ASSERT_EQ(got, fresh(pick.family, pick.who, pick.day, pick.region, "text")) << n;
  }
}

TEST(DayKeys, ChangeWithTheSecretOfTheSameAccessKey) {
  const Credentials before{"AK", "old", ""}, after{"AK", "new", ""};

  const auto first = v4_day_key(kSigV4, before, "20231114", "r").sign_hex("text");
  const auto second = v4_day_key(kSigV4, after, "20231114", "r").sign_hex("text");

  EXPECT_NE(first, second);
  EXPECT_EQ(second, fresh(kSigV4, after, "20231114", "r", "text"));
}

TEST(DayKeys, FollowTheClockOverMidnightInBothDirections) {
  const Server server;
  const std::chrono::sys_seconds midnight{std::chrono::seconds{1700006400}};
  for (const int offset : {-1, 0, 1, -1}) {
    SignContext with = context();
    with.time = midnight + std::chrono::seconds(offset);
    Server at = server;
    at.now = with.time;
    for (const Scheme scheme : kSchemes)
      EXPECT_EQ(at.verify(signed_put(scheme, with)).refusal, Refusal::none) << name(scheme) << offset;
  }
}

TEST(DayKeys, ServeManyThreadsAtOnce) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      for (int n = 0; n < 400; ++n) {
        const Pick pick(n * (t + 1));
        const std::string text = std::to_string(n);
        if (v4_day_key(pick.family, pick.who, pick.day, pick.region).sign_hex(text) !=
            fresh(pick.family, pick.who, pick.day, pick.region, text))
          ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(wrong, 0);
}

TEST(Signers, OneObjectSignsAndVerifiesFromManyThreads) {
  const Server server;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        for (const Scheme scheme : kSchemes) {
          if (server.verify(signed_put(scheme)).refusal != Refusal::none) ++refused;
          if (server.verify(presigned_put(scheme, std::chrono::hours(1))).refusal != Refusal::none) ++refused;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace sluice::signers
