#include "io/checksum.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "io/checksum_nvme.h"

namespace sluice::io {
namespace {

/// One of the four, widened, so that every test is one loop.
struct Family {
  const char* name;
  int bits;
  std::uint64_t polynomial;
  std::uint64_t check;  // of "123456789"
  std::uint64_t (*fast)(std::uint64_t, Bytes);
  std::uint64_t (*slow)(std::uint64_t, Bytes);
  std::uint64_t (*combine)(std::uint64_t, std::uint64_t, std::uint64_t);
};

template <auto F>
std::uint64_t widen(std::uint64_t crc, Bytes data) {
  return F(static_cast<std::uint32_t>(crc), data);
}
template <auto F>
std::uint64_t widen_combine(std::uint64_t a, std::uint64_t b, std::uint64_t n) {
  return F(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), n);
}

const Family kFamilies[] = {
    {"crc64_ecma", 64, 0xC96C5795D7870F42, 0x995DC9BBDF1939FA, crc64_ecma, portable::crc64_ecma,
     crc64_ecma_combine},
    {"crc64_nvme", 64, 0x9A6C9329AC4BC9B5, 0xAE8B14860A799888, crc64_nvme, portable::crc64_nvme,
     crc64_nvme_combine},
    {"crc32c", 32, 0x82F63B78, 0xE3069283, widen<crc32c>, widen<portable::crc32c>,
     widen_combine<crc32c_combine>},
    {"crc32", 32, 0xEDB88320, 0xCBF43926, widen<crc32>, widen<portable::crc32>, widen_combine<crc32_combine>},
};

/// The definition, a bit at a time.
std::uint64_t by_bits(const Family& f, std::uint64_t crc, Bytes data) {
  const std::uint64_t mask = f.bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << f.bits) - 1;
  std::uint64_t state = ~crc & mask;
  for (const char c : data) {
    state ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) state = (state >> 1) ^ (state & 1 ? f.polynomial : 0);
  }
  return ~state & mask;
}

std::vector<char> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<char> bytes(count);
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(Checksum, GivesThePublishedCheckValues) {
  const std::string_view digits = "123456789";
  for (const auto& f : kFamilies) {
    EXPECT_EQ(f.fast(0, digits), f.check) << f.name;
    EXPECT_EQ(f.slow(0, digits), f.check) << f.name;
    EXPECT_EQ(f.fast(0, {}), 0u) << f.name;
    EXPECT_EQ(f.fast(f.check, {}), f.check) << f.name;
  }
}

TEST(Checksum, HardwareAndPortableFollowTheDefinitionAtEveryLengthAndAlignment) {
  const auto bytes = random_bytes(1100, 1);
  for (const auto& f : kFamilies) {
    for (std::size_t length = 0; length <= 1040; length += length < 300 ? 1 : 37) {
      for (const std::size_t offset : {0u, 1u, 7u, 13u}) {
        const Bytes piece(bytes.data() + offset, length);
        const auto expected = by_bits(f, f.check, piece);
        ASSERT_EQ(f.fast(f.check, piece), expected) << f.name << " " << length << "+" << offset;
        ASSERT_EQ(f.slow(f.check, piece), expected) << f.name << " " << length << "+" << offset;
      }
    }
  }
}

TEST(Checksum, FoldingAndTablesAgreeAtEveryLengthWhereTheProcessorCanFold) {
  const auto bytes = random_bytes(3000, 2);
  const std::uint64_t start = 0x0123456789abcdef;
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const Bytes piece = Bytes(bytes).last(n);
    const auto expected = checksum::nvme_update(start, piece);
    if (checksum::can_fold()) {
      ASSERT_EQ(checksum::nvme_fold(start, piece), expected) << n;
    }
    if (checksum::can_fold_wide()) {
      ASSERT_EQ(checksum::nvme_fold_wide(start, piece), expected) << n;
    }
  }
}

TEST(Checksum, PiecesChainToTheWhole) {
  const auto bytes = random_bytes(300000, 3);
  std::mt19937 random(4);
  for (const auto& f : kFamilies) {
    const auto whole = f.fast(0, bytes);
    std::uint64_t crc = 0;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto n = std::min<std::size_t>(random() % 9000, bytes.size() - at);
      crc = f.fast(crc, Bytes(bytes).subspan(at, n));
      at += n;
    }
    EXPECT_EQ(crc, whole) << f.name;
    EXPECT_EQ(f.slow(0, bytes), whole) << f.name;
  }
}

TEST(Checksum, CombinesAnyCutToTheWhole) {
  const auto bytes = random_bytes(70000, 5);
  for (const auto& f : kFamilies) {
    const auto whole = f.fast(0, bytes);
    for (const std::size_t cut : {0u, 1u, 7u, 8u, 4096u, 65535u, 65536u, 69999u, 70000u}) {
      const auto a = f.fast(0, Bytes(bytes).first(cut));
      const auto b = f.fast(0, Bytes(bytes).subspan(cut));
      EXPECT_EQ(f.combine(a, b, bytes.size() - cut), whole) << f.name << " cut at " << cut;
    }
  }
}

TEST(Checksum, CombinesLengthsFarBeyondMemory) {
  // Three pieces join to the same value whichever two are joined first.
  for (const auto& f : kFamilies) {
    for (const std::uint64_t n :
         {std::uint64_t{5} << 30, (std::uint64_t{1} << 42) + 7, std::uint64_t{1} << 62}) {
      const std::uint64_t mask = f.bits == 64 ? ~std::uint64_t{0} : 0xffffffff;
      const std::uint64_t a = 0x1111222233334444 & mask, b = 0x5555666677778888 & mask,
                          c = 0x9999aaaabbbbcccc & mask;
      EXPECT_EQ(f.combine(f.combine(a, b, n), c, n - 1), f.combine(a, f.combine(b, c, n - 1), n + (n - 1)))
          << f.name << " " << n;
      EXPECT_NE(f.combine(a, b, n), f.combine(a, b, n - 1)) << f.name;
    }
  }
}

TEST(Checksum, BytesAreBigEndian) {
  EXPECT_EQ(checksum_bytes(std::uint64_t{0x0102030405060708}), "\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(checksum_bytes(std::uint32_t{0xE3069283}), "\xe3\x06\x92\x83");
}

}  // namespace
}  // namespace sluice::io
