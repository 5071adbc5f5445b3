// CRC64-NVME by folding (Debian's ISA-L has no NVME polynomial). 128 bits X = L*x^64 + H are moved D
// bits ahead as L*(x^(D+64) mod P) + H*(x^D mod P), 128 bits again. In reflected form a carry-less
// product comes out multiplied by x once more, hence the exponents are one less.
#include "io/checksum_nvme.h"

#include "io/checksum_math.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sluice::io::checksum {

#if defined(__x86_64__)

#define SLUICE_FOLD __attribute__((target("pclmul,sse4.1")))
#define SLUICE_FOLD_WIDE __attribute__((target("pclmul,sse4.1,avx512f,vpclmulqdq")))

namespace {

using Lane = __m128i;
constexpr std::size_t kLaneBytes = 16;
constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = kLanes * kLaneBytes;
constexpr std::size_t kWideLanes = 8;  // of four lanes each
constexpr std::size_t kWideBlock = kWideLanes * 4 * kLaneBytes;

template <unsigned Bits>
SLUICE_FOLD inline Lane factors() {
  constexpr auto low = power_of_x<std::uint64_t, kNvme>(Bits + 64 - 1);
  constexpr auto high = power_of_x<std::uint64_t, kNvme>(Bits - 1);
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

SLUICE_FOLD inline Lane fold(Lane x, Lane factor, Lane next) {
  const Lane low = _mm_clmulepi64_si128(x, factor, 0x00);
  const Lane high = _mm_clmulepi64_si128(x, factor, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

SLUICE_FOLD inline Lane load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const Lane*>(at));
}

SLUICE_FOLD inline Lane first_bytes(std::uint64_t state) {
  return _mm_set_epi64x(0, static_cast<long long>(state));
}

/// `all` stands for everything before `at`: folds in the rest, whole lanes first.
SLUICE_FOLD std::uint64_t finish(Lane all, const char* at, const char* end) {
  const Lane one = factors<kLaneBytes * 8>();
  for (; static_cast<std::size_t>(end - at) >= kLaneBytes; at += kLaneBytes) all = fold(all, one, load(at));
  char rest[kLaneBytes];
  _mm_storeu_si128(reinterpret_cast<Lane*>(rest), all);
  return nvme_update(nvme_update(0, rest), {at, static_cast<std::size_t>(end - at)});
}

SLUICE_FOLD std::uint64_t fold_lanes(std::uint64_t state, const char* at, const char* end) {
  Lane lanes[kLanes];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = load(at + i * kLaneBytes);
  lanes[0] = _mm_xor_si128(lanes[0], first_bytes(state));
  at += kBlock;
  const Lane ahead = factors<kBlock * 8>();
  for (; static_cast<std::size_t>(end - at) >= kBlock; at += kBlock) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = fold(lanes[i], ahead, load(at + i * kLaneBytes));
  }
  const Lane one = factors<kLaneBytes * 8>();
  Lane all = lanes[0];
#pragma GCC unroll 8
  for (std::size_t i = 1; i < kLanes; ++i) all = fold(all, one, lanes[i]);
  return finish(all, at, end);
}

/// The same with four lanes in a register.
SLUICE_FOLD_WIDE std::uint64_t fold_wide(std::uint64_t state, const char* at, const char* end) {
  __m512i lanes[kWideLanes];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kWideLanes; ++i) lanes[i] = _mm512_loadu_si512(at + i * 64);
  lanes[0] = _mm512_xor_si512(lanes[0], _mm512_zextsi128_si512(first_bytes(state)));
  at += kWideBlock;
  // The masked form: g++ 12 warns of its own header in the plain one.
  const __m512i ahead = _mm512_maskz_broadcast_i32x4(0xFFFF, factors<kWideBlock * 8>());
  for (; static_cast<std::size_t>(end - at) >= kWideBlock; at += kWideBlock) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kWideLanes; ++i) {
      const __m512i low = _mm512_clmulepi64_epi128(lanes[i], ahead, 0x00);
      const __m512i high = _mm512_clmulepi64_epi128(lanes[i], ahead, 0x11);
      constexpr int kXorOfThree = 0x96;
      lanes[i] = _mm512_ternarylogic_epi64(low, high, _mm512_loadu_si512(at + i * 64), kXorOfThree);
    }
  }
  char rest[kWideBlock];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kWideLanes; ++i) _mm512_storeu_si512(rest + i * 64, lanes[i]);
  const Lane one = factors<kLaneBytes * 8>();
  Lane all = load(rest);
  for (std::size_t i = kLaneBytes; i < kWideBlock; i += kLaneBytes) all = fold(all, one, load(rest + i));
  return finish(all, at, end);
}

}  // namespace

bool can_fold() {
  static const bool yes = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return yes;
}

bool can_fold_wide() {
  static const bool yes =
      can_fold() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq");
  return yes;
}

std::uint64_t nvme_fold(std::uint64_t state, Bytes data) {
  if (data.size() < kBlock) return nvme_update(state, data);
  return fold_lanes(state, data.data(), data.data() + data.size());
}

std::uint64_t nvme_fold_wide(std::uint64_t state, Bytes data) {
  if (data.size() < 2 * kWideBlock) return nvme_fold(state, data);
  return fold_wide(state, data.data(), data.data() + data.size());
}

#else

bool can_fold() {
  return false;
}
bool can_fold_wide() {
  return false;
}
std::uint64_t nvme_fold(std::uint64_t state, Bytes data) {
  return nvme_update(state, data);
}
std::uint64_t nvme_fold_wide(std::uint64_t state, Bytes data) {
  return nvme_update(state, data);
}

#endif

}  // namespace sluice::io::checksum
