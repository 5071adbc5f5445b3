// Bodies of the local store, as streams: Writer takes one in, Reader gives one out.
//
// A body up to kInlineBytes stays in memory and ends in the index; a longer one goes to a data file of
// its own under a number that no object knows yet. Storage::put, append and put_part make it visible;
// a Writer that is dropped instead removes its file. Memory is constant: a Writer holds at most 64 KiB.
//
// A Reader stays valid while its object is overwritten or deleted: it pins the data files, which are
// removed when the last pin goes. It opens them as reading reaches them and keeps one open.
//
// Both are for one thread at a time, may move between threads, and may outlive nothing but themselves:
// they keep the directory's bookkeeping alive on their own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/storage_types.h"

namespace sluice::emulator {

inline constexpr std::size_t kInlineBytes = 16 * 1024;

/// What a Writer computes on the way. MD5 is most of the CPU: switch it off where nobody needs it;
/// the ETag is then made from the other sums unless the caller gives one.
struct WriterOptions {
  bool md5 = true;
  bool crc64 = true;
  bool crc32c = true;
  bool crc32 = false;
  bool crc64nvme = false;
  bool sha1 = false;
  bool sha256 = false;
};

class BlobFiles;

class Writer {
 public:
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  StorageResult<void> write(std::string_view bytes);
  /// Ends the body. Call it to check what arrived before the commit; put & co. call it otherwise.
  StorageResult<Digest> finish();
  std::uint64_t size() const;

  class State;
  explicit Writer(std::unique_ptr<State> state);
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

class Reader {
 public:
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  std::uint64_t size() const;
  /// Fills `into` from `offset`; fewer bytes only at the end of the body, 0 past it.
  StorageResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into);
  /// The whole body when it sits in the index (no file to read), else empty. Lives as long as the Reader.
  std::optional<std::string_view> inline_bytes() const;

  class State;
  explicit Reader(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sluice::emulator
