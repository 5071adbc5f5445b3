// Bodies in chunks (aws-chunked, tos-chunked): the chain of chunk signatures, and the framing.
//
// Client and store walk the same chain: seed (the request's own signature), each chunk, the empty last
// chunk, the trailer. A ChunkSigner belongs to one body on one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "io/http.h"
#include "signers/digest.h"
#include "signers/signer.h"

namespace sluice::signers {

class ChunkSigner {
 public:
  /// `date` is the x-amz-date text; `seed` the signature of the request's head.
  ChunkSigner(const Credentials&, std::string_view region, std::string_view date, std::string seed);

  void data(std::span<const char> bytes) { hash_.update(bytes); }  ///< of the chunk that is under way
  /// Signature of what data() was given since the last chunk; nothing given: the last, empty one.
  std::string end_of_chunk();
  std::string trailer(const io::Headers& fields);
  /// The text under the latest signature, for tests and error bodies.
  const std::string& string_to_sign() const { return text_; }

 private:
  std::string next(std::string_view kind, std::string_view hashes);

  HmacKey key_;
  std::string date_, scope_, previous_, text_;
  Hash hash_{Hash::Kind::sha256};
};

// A body is: for each chunk chunk_head, data, kChunkEnd; then last_chunk. Signatures are left out of
// the unsigned forms.
inline constexpr std::string_view kChunkEnd = "\r\n";
std::string chunk_head(std::uint64_t size, std::string_view signature = {});
std::string last_chunk(const io::Headers& trailer = {}, std::string_view signature = {},
                       std::string_view trailer_signature = {});

/// Length of the framed body, which is sent as Content-Length.
std::uint64_t framed_size(std::uint64_t plain, std::uint64_t chunk, const io::Headers& trailer,
                          bool with_signatures);

/// TOS: one chunk of known length (it stands in one piece), or 64 KiB ones.
inline constexpr std::uint64_t kTosChunk = 64 << 10;
inline constexpr std::string_view kTosTrailer = "x-tos-hash-crc64ecma";

}  // namespace sluice::signers
