#include "signers/digest.h"

#include <gtest/gtest.h>

#include <random>

namespace sluice::signers {
namespace {

TEST(Digest, GivesThePublishedValues) {
  EXPECT_EQ(hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), kEmptySha256);
}

TEST(Digest, HmacFollowsTheRfcForShortAndLongKeys) {
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(
      hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, AKeptKeySignsLikeAFreshOneEveryTime) {
  for (const std::size_t size : {0u, 1u, 32u, 63u, 64u, 65u, 200u}) {
    const std::string key(size, 'k');
    const HmacKey kept(key);
    for (const char* text :
         {"", "a", "a longer text than the others, to fill a block of sixty-four bytes and more"})
      EXPECT_EQ(kept.sign_hex(text), hex(hmac_sha256(key, text))) << size;
  }
}

TEST(Digest, PiecesHashLikeTheWholeAndAHashCanBeUsedAgain) {
  const std::string data(100000, 'x');
  for (const auto kind : {Hash::Kind::md5, Hash::Kind::sha1, Hash::Kind::sha256}) {
    Hash hash(kind);
    for (std::size_t at = 0; at < data.size(); at += 777) hash.update(std::string_view(data).substr(at, 777));
    const std::string first = hash.finish();
    hash.update(data);
    EXPECT_EQ(hash.finish(), first);
  }
  Hash md(Hash::Kind::md5);
  md.update(data);
  EXPECT_EQ(md.finish(), md5(data));
}

TEST(Digest, Base64ComesBackForEveryLength) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 100; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(base64_decode(base64(bytes)), bytes);
    EXPECT_EQ(hex_decode(hex(bytes)), bytes);
  }
  EXPECT_EQ(base64("any carnal pleasur"), "YW55IGNhcm5hbCBwbGVhc3Vy");
  EXPECT_EQ(base64("a"), "YQ==");
}

TEST(Digest, Base64AndHexRefuseWhatTheyNeverWrite) {
  for (const char* bad :
       {"YQ", "YQ=", "YQ===", "Y===", "====", "YR==", "YWJ=", "YQ==YQ==", "Y Q=", "YQ-_", "=QQQ"})
    EXPECT_FALSE(base64_decode(bad)) << bad;
  for (const char* bad : {"a", "0g", "  "}) EXPECT_FALSE(hex_decode(bad)) << bad;
  EXPECT_EQ(hex_decode("FfaA"), "\xff\xaa");
}

TEST(Digest, SecretsCompareByContent) {
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "ab"));
  EXPECT_FALSE(same_secret("", "a"));
}

}  // namespace
}  // namespace sluice::signers
