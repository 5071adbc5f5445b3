// What two stores tell of two objects, and what that proves.
#include "cli/same_content.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

ObjectInfo with_etag(std::string etag, std::uint64_t size = 5) {
  ObjectInfo info;
  info.size = size;
  info.etag = std::move(etag);
  return info;
}
ObjectInfo with_crc(std::uint64_t crc) {
  ObjectInfo info = with_etag("0");
  info.crc64 = crc;
  return info;
}
const std::string kMd5 = "5d41402abc4b2a76b9719d911017c592", kOther = "00000000000000000000000000000000";

TEST(SameContent, IsProvenByTheChecksumThatBothTell) {
  EXPECT_EQ(compare_objects({"oss", with_crc(7)}, {"tos", with_crc(7)}), Verdict::same);
  EXPECT_EQ(compare_objects({"oss", with_crc(7)}, {"tos", with_crc(8)}), Verdict::checksum);
  EXPECT_EQ(compare_objects({"oss", with_crc(7)}, {"s3", with_etag(kMd5)}), Verdict::same_size);
}

TEST(SameContent, IsProvenByAnEtagThatIsAnMd5) {
  std::string upper = kMd5;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(compare_objects({"s3", with_etag(kMd5)}, {"qs", with_etag(upper)}), Verdict::same);
  EXPECT_EQ(compare_objects({"s3", with_etag(kMd5)}, {"qs", with_etag(kOther)}), Verdict::checksum);
  EXPECT_EQ(compare_objects({"s3", with_etag(kMd5 + "-2")}, {"s3", with_etag(kMd5)}), Verdict::same_size);
}

TEST(SameContent, IsNeitherProvenNorRefutedByTheEtagOfACipheredObject) {
  ObjectInfo ciphered = with_etag(kOther);
  ciphered.opaque_etag = true;
  EXPECT_EQ(compare_objects({"s3", ciphered}, {"s3", with_etag(kMd5)}), Verdict::same_size);
  EXPECT_EQ(compare_objects({"qs", with_etag(kMd5)}, {"s3", ciphered}), Verdict::same_size);
  EXPECT_EQ(*compare_file("/nowhere", {"s3", ciphered}), Verdict::same_size);
}

TEST(SameContent, IsNotRefutedByAnEtagThatQingStorWasGiven) {
  const ObjectInfo large = with_etag(kOther, 4 << 20);
  EXPECT_EQ(compare_objects({"ois", large}, {"s3", with_etag(kMd5, 4 << 20)}), Verdict::same_size);
  EXPECT_EQ(compare_objects({"s3", with_etag(kMd5, 4 << 20)}, {"qingstor", large}), Verdict::same_size);
}

}  // namespace
}  // namespace sluice::cli
