// Checksums as S3 writes them: big-endian bytes in base64.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/checksum.h"
#include "signers/digest.h"

namespace sluice::engine {

/// Nothing for composites ("...-3") and rubbish.
template <class Int>
std::optional<Int> decode_checksum(std::string_view text) {
  const auto bytes = signers::base64_decode(text);
  if (!bytes || bytes->size() != sizeof(Int)) return {};
  Int value = 0;
  for (const char c : *bytes) value = static_cast<Int>(value << 8) | static_cast<unsigned char>(c);
  return value;
}

inline std::string encode_checksum(std::uint32_t crc) {
  return signers::base64(io::checksum_bytes(crc));
}

}  // namespace sluice::engine
