// The S3 framing "aws-chunked" with a checksum as its trailer, around any body.
//
// The checksum is computed in the pass that sends the bytes. Owns nothing but its place in the
// stream: the inner source must outlive it and is rewound with it. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "io/body.h"

namespace sluice::engine {

class TrailerSource final : public io::BodySource {
 public:
  /// Chunk size as botocore's: some servers refuse much larger ones.
  static constexpr std::uint64_t kChunk = 1u << 20;

  explicit TrailerSource(io::BodySource* inner);

  std::uint64_t size() const override { return framed_size_; }
  Result<std::size_t> read(std::span<char> into) override;
  bool rewind() override;
  void attach(io::Resume* resume) override { inner_->attach(resume); }

  std::uint64_t plain_size() const { return plain_size_; }
  /// CRC32C of what was read; the whole body's once it has been read to its end.
  std::uint32_t crc() const { return crc_; }

 private:
  void frame_next();

  io::BodySource* inner_;
  std::uint64_t plain_size_;
  std::uint64_t framed_size_;
  std::uint64_t unread_;          ///< bytes of the inner source not yet framed
  std::uint64_t chunk_left_ = 0;  ///< bytes of the current chunk still to come
  bool in_chunk_ = false;
  bool closed_ = false;   ///< the last frame is in pending_
  std::string pending_;   ///< framing text to be sent before anything else
  std::size_t sent_ = 0;  ///< of pending_
  std::uint32_t crc_ = 0;
};

}  // namespace sluice::engine
