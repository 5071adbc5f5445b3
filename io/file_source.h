// SourceFile: a local file as the source of an upload, part by part.
//
// Two ways behind one interface. map: a sliding window of the part is mapped read-only and copied
// straight into the sender's buffer, no read(2) at all; every touch of mapped memory happens in one
// guarded function (file_guard.h), so a file truncated under us is the error "source changed during the
// transfer: PATH", never a SIGBUS death. pread: into the sender's buffer; a short read is that error.
// Checksums are taken from the sender's buffer, so that they are those of the bytes that are sent.
//
// open(), read_whole() and still_same() may block: pool threads, small files scheduler::QuickJobs. A part belongs to one worker thread;
// parts keep their file open, and any number of them may be read at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "io/body.h"
#include "io/file_digests.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::io {

/// What tells one content of a file from another without reading it.
struct Fingerprint {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  /// For state records. Without the device, whose number may change when the host restarts.
  std::string text() const;
  bool operator==(const Fingerprint&) const = default;
};

/// A BodySource that knows the checksums of what it has handed out since the last rewind().
class PartSource : public BodySource {
 public:
  virtual DigestValues digests() const = 0;
};

class SourceFile : public std::enable_shared_from_this<SourceFile> {
 public:
  /// Regular files only. Errors: kind disk, with errno and the path.
  static Result<std::shared_ptr<SourceFile>> open(std::string path, FileIo io = FileIo::automatic);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;
  ~SourceFile();

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return fingerprint_.size; }
  const Fingerprint& fingerprint() const { return fingerprint_; }  ///< as it was at open()
  FileIo io() const { return io_; }                                ///< map or pread: what automatic came to

  /// Bytes [offset, offset + length). Costs nothing until it is read.
  std::unique_ptr<PartSource> part(std::uint64_t offset, std::uint64_t length,
                                   DigestFlags digests = kNoDigest);

  /// All size() bytes, for a small file; kind integrity when it changes meanwhile.
  Result<void> read_whole(std::span<char> into) const;

  /// Both the open file and what the path names now are what was opened; else kind integrity.
  Result<void> still_same() const;

  int fd() const { return fd_; }
  /// kind integrity, "source changed during the transfer: PATH".
  Unexpected changed() const;
  /// Size and mtime of the open file are those of open(); cheap enough for every read.
  bool same_open_file() const;

 private:
  SourceFile(std::string path, int fd, Fingerprint fingerprint, FileIo io);
  std::string path_;
  int fd_;
  Fingerprint fingerprint_;
  FileIo io_;
};

/// The caller keeps `bytes` alive and unchanged.
std::unique_ptr<PartSource> memory_source(std::span<const char> bytes, DigestFlags digests = kNoDigest);

/// True for NFS, CIFS, FUSE, 9p and kin, where mappings and SQLite's WAL are a bad idea.
bool is_remote_file_system(int fd);

}  // namespace sluice::io
