// Chunk signatures of SigV4 and the framing that S3 and TOS share.
#include "signers/chunked.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "signers/v4.h"

namespace sluice::signers {
namespace {

constexpr std::string_view kSignatureField = ";chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";
constexpr std::size_t kSignatureSize = 64;

std::string hex_number(std::uint64_t value) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return std::string(digits.data(), end);
}

}  // namespace

ChunkSigner::ChunkSigner(const Credentials& who, std::string_view region, std::string_view date,
                         std::string seed)
    : key_(v4_day_key(kSigV4, who, date.substr(0, 8), region)),
      date_(date),
      scope_(v4_scope(kSigV4, date.substr(0, 8), region)),
      previous_(std::move(seed)) {}

std::string ChunkSigner::next(std::string_view kind, std::string_view hashes) {
  text_.assign(kind).append("\n").append(date_).append("\n").append(scope_).append("\n");
  text_.append(previous_).append("\n").append(hashes);
  return previous_ = key_.sign_hex(text_);
}

std::string ChunkSigner::end_of_chunk() {
  // The middle line would hold the hash of headers, of which a chunk has none.
  return next("AWS4-HMAC-SHA256-PAYLOAD", std::string(kEmptySha256) + "\n" + hex(hash_.finish()));
}

std::string ChunkSigner::trailer(const io::Headers& fields) {
  std::string lines;
  for (const auto& [name, value] : fields) {
    if (io::equal_ignoring_case(name, kTrailerSignature)) continue;
    lines.append(io::lower_case(name)).append(":").append(value).append("\n");
  }
  return next("AWS4-HMAC-SHA256-TRAILER", sha256_hex(lines));
}

std::string chunk_head(std::uint64_t size, std::string_view signature) {
  std::string head = hex_number(size);
  if (!signature.empty()) head.append(kSignatureField).append(signature);
  return head.append(kChunkEnd);
}

std::string last_chunk(const io::Headers& trailer, std::string_view signature,
                       std::string_view trailer_signature) {
  std::string tail = chunk_head(0, signature);
  for (const auto& [name, value] : trailer) tail.append(name).append(":").append(value).append(kChunkEnd);
  if (!trailer_signature.empty())
    tail.append(kTrailerSignature).append(":").append(trailer_signature).append(kChunkEnd);
  return tail.append(kChunkEnd);
}

std::uint64_t framed_size(std::uint64_t plain, std::uint64_t chunk, const io::Headers& trailer,
                          bool with_signatures) {
  const std::string signature(with_signatures ? kSignatureSize : 0, '0');
  const auto framed = [&](std::uint64_t size) {
    return chunk_head(size, signature).size() + size + kChunkEnd.size();
  };
  const std::uint64_t whole = chunk == 0 ? 0 : plain / chunk;
  const std::uint64_t rest = plain - whole * chunk;
  const auto tail = last_chunk(trailer, signature, trailer.empty() ? std::string_view{} : signature);
  return whole * (whole == 0 ? 0 : framed(chunk)) + (rest == 0 ? 0 : framed(rest)) + tail.size();
}

}  // namespace sluice::signers
