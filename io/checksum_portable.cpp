// Slice-by-8 for processors without a carry-less multiplication, and for the ends of what is folded.
#include <bit>
#include <cstring>

#include "io/checksum.h"
#include "io/checksum_math.h"
#include "io/checksum_nvme.h"

namespace sluice::io {
namespace checksum {
namespace {

template <class Word>
using Tables = std::array<std::array<Word, 256>, 8>;

/// tables[n][b]: what byte b does when n more bytes follow it.
template <class Word, Word P>
constexpr Tables<Word> make_tables() {
  Tables<Word> tables{};
  for (unsigned b = 0; b < 256; ++b) {
    Word value = static_cast<Word>(b);
    for (int i = 0; i < 8; ++i) value = times_x<Word, P>(value);
    tables[0][b] = value;
  }
  for (std::size_t n = 1; n < 8; ++n)
    for (std::size_t b = 0; b < 256; ++b)
      tables[n][b] = static_cast<Word>((tables[n - 1][b] >> 8) ^ tables[0][tables[n - 1][b] & 255]);
  return tables;
}

std::uint64_t load(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// `state` without initial value and final xor.
template <class Word, Word P>
Word update(Word state, Bytes data) {
  static constexpr auto t = make_tables<Word, P>();
  const char* at = data.data();
  std::size_t left = data.size();
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = load(at) ^ state;
    state = t[7][word & 255] ^ t[6][(word >> 8) & 255] ^ t[5][(word >> 16) & 255] ^ t[4][(word >> 24) & 255] ^
            t[3][(word >> 32) & 255] ^ t[2][(word >> 40) & 255] ^ t[1][(word >> 48) & 255] ^ t[0][word >> 56];
  }
  for (; left > 0; ++at, --left)
    state = static_cast<Word>((state >> 8) ^ t[0][(state ^ static_cast<unsigned char>(*at)) & 255]);
  return state;
}

}  // namespace

std::uint64_t nvme_update(std::uint64_t state, Bytes data) {
  return update<std::uint64_t, kNvme>(state, data);
}

}  // namespace checksum

namespace portable {

using namespace checksum;

std::uint64_t crc64_ecma(std::uint64_t crc, Bytes data) {
  return ~update<std::uint64_t, kEcma>(~crc, data);
}
std::uint64_t crc64_nvme(std::uint64_t crc, Bytes data) {
  return ~nvme_update(~crc, data);
}
std::uint32_t crc32c(std::uint32_t crc, Bytes data) {
  return ~update<std::uint32_t, kCastagnoli>(~crc, data);
}
std::uint32_t crc32(std::uint32_t crc, Bytes data) {
  return ~update<std::uint32_t, kGzip>(~crc, data);
}

}  // namespace portable
}  // namespace sluice::io
