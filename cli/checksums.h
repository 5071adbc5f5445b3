// The checksums that `hash` prints and `check` compares: of bytes that come in pieces, of a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "signers/digest.h"
#include "sluice/result.h"

namespace sluice::cli {

enum class ChecksumKind { crc64, crc32c, md5, sha256 };

/// "crc64", "crc32c", "md5", "sha256"; kind argument for anything else.
Result<ChecksumKind> parse_checksum_kind(std::string_view text);

/// One checksum of bytes in their order.
class Checksum {
 public:
  explicit Checksum(ChecksumKind kind);

  void update(std::string_view bytes);
  /// crc64 (ECMA) in decimal, as stores print it; the others in lower-case hex.
  std::string finish();
  std::uint64_t bytes() const { return bytes_; }

 private:
  const ChecksumKind kind_;
  std::uint64_t crc_ = 0, bytes_ = 0;
  std::optional<signers::Hash> hash_;
};

/// Of a whole file. Blocks. kind disk.
Result<void> add_file(Checksum&, const std::string& path);

}  // namespace sluice::cli
