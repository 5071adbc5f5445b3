#include "engine/plan.h"

#include <gtest/gtest.h>

namespace sluice::engine {
namespace {

constexpr std::uint64_t kMiB = 1ull << 20, kGiB = 1ull << 30;

TEST(Plan, CoversEveryByteOnceForEveryDialectAndAwkwardSizes) {
  for (const Dialect* dialect : dialects()) {
    const std::uint64_t part = std::max<std::uint64_t>(8 * kMiB, dialect->limits.min_part);
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, part - 1, part, part + 1, 3 * part,
                                     100 * kGiB, dialect->limits.max_object}) {
      const auto plan = plan_upload(size, 0, dialect->limits);
      ASSERT_TRUE(plan) << dialect->name << size;
      EXPECT_LE(plan->count, dialect->limits.max_parts);
      std::uint64_t next = 0;
      for (std::uint64_t i = 0; i < plan->count; ++i) {
        const PartRange range = plan->part(i);
        ASSERT_EQ(range.offset, next);
        ASSERT_LE(range.length, dialect->limits.max_part);
        if (i + 1 < plan->count) {
          ASSERT_GE(range.length, dialect->limits.min_part);
        }
        next += range.length;
      }
      EXPECT_EQ(next, size) << dialect->name;
    }
  }
}

TEST(Plan, OfADownloadHasABoundedNumberOfPartsWhateverTheStoreSaysOfTheSize) {
  for (const std::uint64_t size :
       {std::uint64_t{48'820'000'000'000}, (std::uint64_t{1} << 63) - 1, ~std::uint64_t{0}}) {
    const auto plan = plan_download(size, 64 << 10);

    ASSERT_TRUE(plan);
    EXPECT_LE(plan->count, kMostRanges);
    const PartRange last = plan->part(plan->count - 1);
    EXPECT_EQ(last.offset + last.length, size);
  }
}

TEST(Plan, RefusesWhatTheStoreWouldRefuseAndNamesTheRule) {
  const Limits& limits = find_dialect("s3")->limits;

  const auto small = plan_upload(kGiB, kMiB, limits);
  ASSERT_FALSE(small);
  EXPECT_NE(small.error().message.find("5242880"), std::string::npos);
  EXPECT_FALSE(plan_upload(limits.max_object + 1, 0, limits));
  EXPECT_FALSE(plan_upload(100'000 * kMiB, 5 * kMiB, limits));
  EXPECT_FALSE(plan_download(kGiB, 1000));
}

TEST(Plan, BeginsWithTheUsualPartAndLeavesItWhereTheObjectOrTheStoreNeedIt) {
  for (const Dialect* dialect : dialects()) {
    const Limits& limits = dialect->limits;
    EXPECT_EQ(plan_upload(kGiB, 0, limits, 32 * kMiB)->part_size, 32 * kMiB);
    EXPECT_EQ(plan_upload(100 * kMiB, 0, limits, 1)->part_size, limits.min_part);
    EXPECT_EQ(plan_upload(kGiB, 16 * kMiB, limits, 32 * kMiB)->part_size, 16 * kMiB) << "an order wins";
    const auto large = plan_upload(limits.max_object, 0, limits, 16 * kMiB);
    ASSERT_TRUE(large) << dialect->name;
    EXPECT_LE(large->count, limits.max_parts);
  }
}

TEST(StreamPlan, GrowsSoThatTheLargestObjectFitsThePartCount) {
  for (const Dialect* dialect : dialects()) {
    const auto plan = StreamPlan::create(0, dialect->limits);
    ASSERT_TRUE(plan);
    EXPECT_GE(plan->capacity(), dialect->limits.max_object) << dialect->name;
    for (std::uint64_t i = 1; i < dialect->limits.max_parts; ++i) {
      ASSERT_GE(plan->size_of(i), plan->size_of(i - 1));
      ASSERT_LE(plan->size_of(i), dialect->limits.max_part);
    }
    EXPECT_LE(plan->size_of(0), std::max<std::uint64_t>(8 * kMiB, dialect->limits.min_part));
  }
}

}  // namespace
}  // namespace sluice::engine
