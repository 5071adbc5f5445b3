// Checksums taken in passing.
#include "io/file_digests.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

TEST(Digests, AnswersTheWellKnownValues) {
  Digests digests(kCrc64 | kCrc32c | kMd5 | kCrc64Nvme);
  digests.update("1234");
  digests.update("56789");

  const DigestValues values = digests.values();
  EXPECT_EQ(values.bytes, 9u);
  EXPECT_EQ(values.crc64, 0x995dc9bbdf1939fau);
  EXPECT_EQ(values.crc32c, 0xe3069283u);
  EXPECT_EQ(values.crc64nvme, 0xae8b14860a799888u);
  EXPECT_EQ(values.md5_hex, "25f9e794323b453885f5181f1b624d0b");
}

TEST(Digests, MayBeAskedInTheMiddle) {
  Digests digests(kMd5);
  digests.update("123");
  const auto early = digests.values();
  digests.update("456789");

  EXPECT_EQ(early.md5_hex, "202cb962ac59075b964b07152d234b70");
  EXPECT_EQ(digests.values().md5_hex, "25f9e794323b453885f5181f1b624d0b");
}

TEST(Digests, TakesOnlyWhatWasAskedFor) {
  Digests digests(kCrc32c);
  digests.update("123456789");

  EXPECT_FALSE(digests.values().crc64);
  EXPECT_EQ(digests.values().md5_hex, "");
  EXPECT_EQ(Digests().values(), DigestValues{});
}

DigestValues values_of(std::string_view bytes, DigestFlags flags) {
  Digests digests(flags);
  digests.update(bytes);
  return digests.values();
}

TEST(Digests, OfPartsAreCombinedToThoseOfTheWhole) {
  const DigestFlags crcs = kCrc64 | kCrc32c | kCrc64Nvme;
  DigestValues all = digests_of_nothing();
  for (const char* part : {"1", "", "2345", "6789"}) all = combine(all, values_of(part, crcs));

  EXPECT_EQ(all, values_of("123456789", crcs));
  EXPECT_EQ(digests_of_nothing(), values_of("", crcs));
}

TEST(Digests, ThatOnePartLacksAreLeftOutOfTheWhole) {
  const DigestValues both = combine(values_of("12345", kCrc64 | kCrc32c | kMd5), values_of("6789", kCrc64));

  EXPECT_EQ(both, values_of("123456789", kCrc64));
}

TEST(Digests, ForgetsOnReset) {
  Digests digests(kCrc64 | kMd5);
  digests.update("garbage");
  digests.reset();
  digests.update("123456789");

  EXPECT_EQ(digests.values().crc64, 0x995dc9bbdf1939fau);
  EXPECT_EQ(digests.values().md5_hex, "25f9e794323b453885f5181f1b624d0b");
}

}  // namespace
}  // namespace sluice::io
