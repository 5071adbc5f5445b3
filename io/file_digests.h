// Digests: the checksums taken in the pass that moves the bytes, chosen by flags.
//
// Sources, sinks and the pipe each own one and feed it the bytes they hand on, while those are still in
// the cache and in memory nobody else can change. Not thread-safe: it lives where its part lives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::io {

/// Which checksums to take; combine with |.
enum DigestFlag : unsigned {
  kNoDigest = 0,
  kCrc64 = 1,  ///< CRC64-ECMA
  kCrc32c = 2,
  kMd5 = 4,
  kCrc64Nvme = 8,
};
using DigestFlags = unsigned;

/// The checksums of `bytes` bytes; those not asked for are empty.
struct DigestValues {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> crc64;
  std::optional<std::uint32_t> crc32c;
  std::optional<std::uint64_t> crc64nvme;
  std::string md5_hex;  ///< lower case
  bool operator==(const DigestValues&) const = default;
};

/// The CRCs of no bytes at all: where combining begins.
DigestValues digests_of_nothing();
/// Of A followed by B: the CRCs that both have. An MD5 cannot be combined.
DigestValues combine(const DigestValues& a, const DigestValues& b);

class Digests {
 public:
  explicit Digests(DigestFlags flags = kNoDigest);
  Digests(Digests&&) noexcept;
  Digests& operator=(Digests&&) noexcept;
  ~Digests();

  void update(std::string_view bytes);
  void reset();
  /// Of everything since the start or the last reset(); more may follow.
  DigestValues values() const;

 private:
  struct Md5;
  DigestFlags flags_;
  std::uint64_t bytes_ = 0;
  std::uint64_t crc64_ = 0;
  std::uint32_t crc32c_ = 0;
  std::uint64_t crc64nvme_ = 0;
  std::unique_ptr<Md5> md5_;
};

}  // namespace sluice::io
