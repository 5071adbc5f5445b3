#include "io/peers.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPart = 8u << 20;

/// Parts of 8 MiB that take 20 ms to begin and 180 ms more.
Peers usual_peers() {
  Peers peers;
  for (int i = 0; i < 20; ++i) {
    peers.asked();
    peers.ended(20ms, kPart, 180ms);
  }
  return peers;
}

Peers::Standing standing(Peers::Duration since_start, Peers::Duration silent, std::uint64_t done) {
  Peers::Standing one;
  one.since_start = since_start;
  one.silent = silent;
  one.done = done;
  one.size = kPart;
  return one;
}

TEST(Peers, JudgeNobodyBeforeTheyKnowWhatIsUsual) {
  Peers peers;
  peers.ended(20ms, kPart, 180ms);
  EXPECT_FALSE(peers.far_behind(standing(60s, 60s, 10)));
}

TEST(Peers, MissOneThatHasFallenSilent) {
  const Peers peers = usual_peers();
  EXPECT_FALSE(peers.far_behind(standing(300ms, 300ms, 10)));
  EXPECT_TRUE(peers.far_behind(standing(900ms, 800ms, 10)));
}

TEST(Peers, GiveTimeToAnswersThatAreUsuallySlowToBegin) {
  Peers peers;
  for (int i = 0; i < 20; ++i) peers.ended(2s, 4096, 0ms);
  EXPECT_FALSE(peers.far_behind(standing(5s, 5s, 0)));
  EXPECT_TRUE(peers.far_behind(standing(9s, 9s, 0)));
}

TEST(Peers, MissOneThatTricklesUnlessItIsNearlyDone) {
  const Peers peers = usual_peers();
  EXPECT_TRUE(peers.far_behind(standing(2s, 10ms, kPart / 4)));
  EXPECT_FALSE(peers.far_behind(standing(2s, 10ms, kPart - kPart / 16)));
  EXPECT_FALSE(peers.far_behind(standing(900ms, 10ms, kPart / 4)));
}

TEST(Peers, DoNotMeasureALargeBodyByTheirOwnSmallOnes) {
  for (const std::uint64_t small : {4096u, 100'000u}) {
    Peers peers;
    for (int i = 0; i < 100; ++i) peers.ended(1ms, small, 1us);
    EXPECT_FALSE(peers.far_behind(standing(2s, 10ms, kPart / 2))) << small;
  }
}

TEST(Peers, SaveUpNoMoreThanAFewRepetitions) {
  Peers peers;
  for (int i = 0; i < 10'000; ++i) peers.asked();
  int at_once = 0;
  for (; peers.may_repeat(); ++at_once) peers.repeated();
  EXPECT_LE(at_once, 4);
}

TEST(Peers, HaveNoMoreThanOneInTwentyRepeated) {
  Peers peers;
  std::uint64_t repeated = 0;
  for (int i = 0; i < 1000; ++i) {
    peers.asked();
    if (!peers.may_repeat()) continue;
    peers.repeated();
    ++repeated;
  }
  EXPECT_LE(repeated, 51u);  // the first is free
  EXPECT_GE(repeated, 45u);
}

}  // namespace
}  // namespace sluice::io
