// The insides of Writer and Reader, for the storage alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emulator/blob.h"
#include "emulator/blob_files.h"
#include "emulator/blob_sums.h"
#include "emulator/index_codec.h"

namespace sluice::emulator {

/// Closes a file descriptor; -1 is none.
class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();
  int get() const { return fd_; }
  void close() { *this = OpenFile(); }

 private:
  int fd_ = -1;
};

class Writer::State {
 public:
  State(std::shared_ptr<BlobFiles> files, const WriterOptions& options)
      : files_(std::move(files)), sums_(options) {}
  ~State();

  StorageResult<void> write(std::string_view bytes);
  StorageResult<Digest> finish();
  std::uint64_t size() const { return digest_.size; }

  /// After finish: puts an inline body into a file too (an empty one stays without).
  StorageResult<void> spill();
  bool has_file() const { return id_ != 0; }
  std::uint64_t file() const { return id_; }
  std::string_view inline_bytes() const { return has_file() ? std::string_view() : buffer_; }
  Extents extents() const;
  /// The index refers to the file from now on: dropping the writer keeps it.
  void keep() { kept_ = true; }

 private:
  StorageResult<void> write_out(std::string_view bytes);

  std::shared_ptr<BlobFiles> files_;
  RunningSums sums_;
  Digest digest_;
  std::string buffer_;  // not yet in the file; all of a body without one
  std::uint64_t id_ = 0;
  OpenFile file_;
  bool finished_ = false, kept_ = false;
  std::optional<StorageError> failed_;
};

/// The files of some extents, pinned while it lives.
class Pins {
 public:
  Pins(std::shared_ptr<BlobFiles> files, const Extents& extents);
  Pins(Pins&&) noexcept = default;
  Pins& operator=(Pins&&) = delete;
  ~Pins();
  const BlobFiles& files() const { return *files_; }

 private:
  std::shared_ptr<BlobFiles> files_;
  std::vector<std::uint64_t> ids_;
};

class Reader::State {
 public:
  State(Pins pins, Extents extents, std::string tail);

  std::uint64_t size() const { return size_; }
  StorageResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into);
  const Extents& extents() const { return extents_; }
  const std::string& tail() const { return tail_; }

 private:
  StorageResult<void> read_extent(const Extent& extent, std::uint64_t offset, std::span<char> into);

  Pins pins_;
  Extents extents_;
  std::vector<std::uint64_t> starts_;  // of each extent in the body
  std::uint64_t tail_start_ = 0, size_ = 0;
  std::string tail_;
  std::uint64_t open_id_ = 0;
  OpenFile open_;
};

}  // namespace sluice::emulator
