// Checksums of a body while it streams by, and of bodies joined end to end.
//
// RunningSums belongs to one thread at a time. The hashes of OpenSSL cost an allocation each and are
// made only when asked for.
#pragma once

#include <memory>
#include <string_view>

#include "emulator/blob.h"
#include "emulator/storage_types.h"

namespace sluice::emulator {

class RunningSums {
 public:
  explicit RunningSums(const WriterOptions& options);
  RunningSums(RunningSums&&) noexcept;
  ~RunningSums();

  void add(std::string_view bytes);
  Sums finish();  ///< once

 private:
  struct Hash;
  WriterOptions options_;
  std::uint64_t crc64_ = 0, crc64nvme_ = 0;
  std::uint32_t crc32c_ = 0, crc32_ = 0;
  std::unique_ptr<Hash> md5_, sha1_, sha256_;
};

/// Sums of A followed by B (`size_b` bytes): those that join, where both have them.
Sums join(const Sums& a, const Sums& b, std::uint64_t size_b);
/// Of an empty body; neutral in join.
Sums joinable_zero();

Md5 md5_of(std::string_view bytes);

}  // namespace sluice::emulator
