// Arithmetic of polynomials over GF(2) modulo a CRC's polynomial, in reflected form: the highest bit
// of a word is the coefficient of x^0. Everything is constexpr; tables are made by the compiler.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace sluice::io::checksum {

inline constexpr std::uint64_t kEcma = 0xC96C5795D7870F42;
inline constexpr std::uint64_t kNvme = 0x9A6C9329AC4BC9B5;
inline constexpr std::uint32_t kCastagnoli = 0x82F63B78;
inline constexpr std::uint32_t kGzip = 0xEDB88320;

template <class Word>
inline constexpr Word kOne = Word{1} << (std::numeric_limits<Word>::digits - 1);

template <class Word, Word P>
constexpr Word times_x(Word value) {
  return static_cast<Word>((value >> 1) ^ (value & 1 ? P : Word{0}));
}

/// a*b modulo P.
template <class Word, Word P>
constexpr Word multiply(Word a, Word b) {
  Word product = 0;
  for (Word bit = kOne<Word>; bit != 0; bit >>= 1) {
    if (a & bit) product ^= b;
    b = times_x<Word, P>(b);
  }
  return product;
}

/// x^n modulo P, by steps: for constants.
template <class Word, Word P>
constexpr Word power_of_x(unsigned n) {
  Word value = kOne<Word>;
  while (n-- > 0) value = times_x<Word, P>(value);
  return value;
}

/// x^(8 * 2^k) modulo P: what 2^k zero bytes do to a CRC.
template <class Word, Word P>
constexpr std::array<Word, 64> byte_powers() {
  std::array<Word, 64> table{};
  table[0] = power_of_x<Word, P>(8);
  for (std::size_t k = 1; k < table.size(); ++k) table[k] = multiply<Word, P>(table[k - 1], table[k - 1]);
  return table;
}

/// CRC of A followed by B. Initial value and final xor cancel out because both are all ones.
template <class Word, Word P>
Word combine(Word a, Word b, std::uint64_t len_b) {
  if (len_b == 0) return a;
  static constexpr auto powers = byte_powers<Word, P>();
  for (std::size_t k = 0; len_b != 0; ++k, len_b >>= 1)
    if (len_b & 1) a = multiply<Word, P>(a, powers[k]);
  return a ^ b;
}

}  // namespace sluice::io::checksum
