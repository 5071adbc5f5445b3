// The four CRCs that object stores publish, as plain functions of bytes.
//
// A value given or answered is always a finished one (as stores print it): 0 starts, and the answer
// of one call is the start of the next. combine(a, b, len_b) is the CRC of A followed by B, for any
// length, without the bytes. Hardware is chosen at run time; `portable` is the fallback, public so
// that tests can hold one against the other.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace sluice::io {

using Bytes = std::span<const char>;

std::uint64_t crc64_ecma(std::uint64_t crc, Bytes data);  ///< CRC-64/XZ: OSS, COS, TOS
std::uint64_t crc64_nvme(std::uint64_t crc, Bytes data);  ///< S3's default
std::uint32_t crc32c(std::uint32_t crc, Bytes data);
std::uint32_t crc32(std::uint32_t crc, Bytes data);  ///< zlib's

std::uint64_t crc64_ecma_combine(std::uint64_t a, std::uint64_t b, std::uint64_t len_b);
std::uint64_t crc64_nvme_combine(std::uint64_t a, std::uint64_t b, std::uint64_t len_b);
std::uint32_t crc32c_combine(std::uint32_t a, std::uint32_t b, std::uint64_t len_b);
std::uint32_t crc32_combine(std::uint32_t a, std::uint32_t b, std::uint64_t len_b);

/// Big-endian bytes, which S3 (and TOS in trailers) sends in base64.
std::string checksum_bytes(std::uint64_t crc);
std::string checksum_bytes(std::uint32_t crc);

namespace portable {
std::uint64_t crc64_ecma(std::uint64_t crc, Bytes data);
std::uint64_t crc64_nvme(std::uint64_t crc, Bytes data);
std::uint32_t crc32c(std::uint32_t crc, Bytes data);
std::uint32_t crc32(std::uint32_t crc, Bytes data);
}  // namespace portable

}  // namespace sluice::io
