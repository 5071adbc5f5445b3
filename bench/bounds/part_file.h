// The file of a download in parts, and the ways bytes may reach it:
//
//   mmap    receive into a shared mapping, page by page
//   batch   the same, but the part's pages are made before it is received
//   pop     the same, but all pages are made at the start
//   pwrite  receive into a buffer, write that
//   splice  socket to pipe to file (not over TLS)
//   buf     receive into a buffer, no file
//   none    nothing is copied, no file
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/bounds/wire.h"

namespace bounds {

enum class Way { mmap, batch, pop, pwrite, splice, buf, none };
Way parse_way(const std::string& name);

class PartFile {
 public:
  PartFile(Way way, const std::string& path, std::uint64_t size);
  ~PartFile();
  PartFile(const PartFile&) = delete;

  bool mapped() const { return way_ == Way::mmap || way_ == Way::batch || way_ == Way::pop; }
  Way way() const { return way_; }
  int file() const { return file_; }
  char* at(std::uint64_t offset) const { return map_ + offset; }
  void write(const char* bytes, std::size_t count, std::uint64_t offset) const;  ///< no file: nothing

 private:
  Way way_;
  int file_ = -1;
  char* map_ = nullptr;
};

/// One thread's means to fill parts.
class PartFiller {
 public:
  PartFiller(const PartFile& file, std::size_t buffer_size);
  ~PartFiller();
  PartFiller(const PartFiller&) = delete;

  /// Once the request is on its way.
  void before(std::uint64_t offset, std::uint64_t count) const;
  /// The answer's body.
  void fill(Wire& wire, Answers& answers, std::uint64_t offset);

 private:
  std::uint64_t through_buffer(Wire& wire, std::uint64_t left, std::uint64_t offset);
  std::uint64_t through_pipe(const Wire& wire, std::uint64_t left, std::uint64_t offset) const;

  const PartFile& file_;
  std::vector<char> buffer_;
  int pipe_[2] = {-1, -1};
};

}  // namespace bounds
