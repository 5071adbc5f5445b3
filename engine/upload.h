// Uploads of known length: a file or memory, as one PUT or in parts.
#pragma once

#include <memory>

#include "engine/plan.h"
#include "engine/transfer_context.h"
#include "io/file_source.h"

namespace sluice::engine {

/// Bytes that can be read again and in parts.
class UploadBytes {
 public:
  virtual ~UploadBytes() = default;
  virtual std::uint64_t size() const = 0;
  virtual std::unique_ptr<io::PartSource> part(PartRange range, io::DigestFlags digests) const = 0;
  virtual Result<void> still_same() const = 0;  ///< blocks
  virtual std::string fingerprint() const = 0;  ///< empty: cannot be resumed by another process
  virtual std::string name() const = 0;
};

std::shared_ptr<UploadBytes> file_bytes(std::shared_ptr<io::SourceFile> file);
/// A file of up to `at_once` bytes is read here and now, as it is at one moment. May block.
Result<std::shared_ptr<UploadBytes>> open_bytes(const std::string& path, FileIo io, std::uint64_t at_once);
std::shared_ptr<UploadBytes> held_bytes(std::unique_ptr<char[]> bytes, std::uint64_t size);
std::shared_ptr<UploadBytes> memory_bytes(std::span<const char> bytes);

/// Drives one upload on `home`. `context` and everything in it outlive the task.
scheduler::Task<Result<TransferReport>> upload(scheduler::Worker* home, TransferContext* context,
                                               std::shared_ptr<UploadBytes> from,
                                               std::shared_ptr<Store> store, Ref to);

/// The whole in one PUT, with these properties. What the store's answer says was not what was sent is
/// removed.
scheduler::Task<Result<TransferReport>> put_whole(scheduler::Worker* home, TransferContext* context,
                                                  std::shared_ptr<UploadBytes> from,
                                                  std::shared_ptr<Store> store, Ref to, PutOptions options);

/// Reads a range once for its checksums. Blocks.
Result<io::DigestValues> digest_range(const UploadBytes& bytes, PartRange range, io::DigestFlags digests);

/// A file of up to this size is held in memory, to be read or written by few system calls.
inline constexpr std::uint64_t kAtOnce = 64u << 10;

/// Size up to which an object goes in one request.
std::uint64_t single_request_limit(const TransferOptions& options, const Limits& limits);

}  // namespace sluice::engine
