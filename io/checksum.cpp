// Chooses between ISA-L and the portable code, and names the instances of combine.
#include "io/checksum.h"

#include <isa-l/crc.h>
#include <isa-l/crc64.h>

#include <algorithm>

#include "io/checksum_math.h"
#include "io/checksum_nvme.h"

namespace sluice::io {
namespace {

using checksum::combine;

/// ISA-L runs everywhere, but without these instructions byte by byte: then ours is faster.
bool isal_is_fast() {
#if defined(__x86_64__)
  static const bool yes = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.2");
  return yes;
#else
  return true;
#endif
}

const unsigned char* bytes(Bytes data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

template <class Word>
std::string big_endian(Word value) {
  std::string out(sizeof value, '\0');
  for (std::size_t i = out.size(); i-- > 0; value >>= 8) out[i] = static_cast<char>(value & 255);
  return out;
}

}  // namespace

std::uint64_t crc64_ecma(std::uint64_t crc, Bytes data) {
  if (data.empty()) return crc;
  return isal_is_fast() ? crc64_ecma_refl(crc, bytes(data), data.size()) : portable::crc64_ecma(crc, data);
}

std::uint64_t crc64_nvme(std::uint64_t crc, Bytes data) {
  if (checksum::can_fold_wide()) return ~checksum::nvme_fold_wide(~crc, data);
  return checksum::can_fold() ? ~checksum::nvme_fold(~crc, data) : portable::crc64_nvme(crc, data);
}

std::uint32_t crc32c(std::uint32_t crc, Bytes data) {
  if (!isal_is_fast()) return portable::crc32c(crc, data);
  // ISA-L takes an int as length here, wants the bytes non-const, and leaves the inversions to us.
  constexpr std::size_t kMost = 1u << 30;
  std::uint32_t state = ~crc;
  while (!data.empty()) {
    const auto piece = data.first(std::min(kMost, data.size()));
    state = crc32_iscsi(const_cast<unsigned char*>(bytes(piece)), static_cast<int>(piece.size()), state);
    data = data.subspan(piece.size());
  }
  return ~state;
}

std::uint32_t crc32(std::uint32_t crc, Bytes data) {
  if (data.empty()) return crc;
  return isal_is_fast() ? crc32_gzip_refl(crc, bytes(data), data.size()) : portable::crc32(crc, data);
}

std::uint64_t crc64_ecma_combine(std::uint64_t a, std::uint64_t b, std::uint64_t len_b) {
  return combine<std::uint64_t, checksum::kEcma>(a, b, len_b);
}
std::uint64_t crc64_nvme_combine(std::uint64_t a, std::uint64_t b, std::uint64_t len_b) {
  return combine<std::uint64_t, checksum::kNvme>(a, b, len_b);
}
std::uint32_t crc32c_combine(std::uint32_t a, std::uint32_t b, std::uint64_t len_b) {
  return combine<std::uint32_t, checksum::kCastagnoli>(a, b, len_b);
}
std::uint32_t crc32_combine(std::uint32_t a, std::uint32_t b, std::uint64_t len_b) {
  return combine<std::uint32_t, checksum::kGzip>(a, b, len_b);
}

std::string checksum_bytes(std::uint64_t crc) {
  return big_endian(crc);
}
std::string checksum_bytes(std::uint32_t crc) {
  return big_endian(crc);
}

}  // namespace sluice::io
