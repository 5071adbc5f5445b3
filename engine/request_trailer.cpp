// Frames: "<hex>\r\n<data>\r\n" a chunk, then "0\r\n<trailer>\r\n\r\n".
#include "engine/request_trailer.h"

#include <algorithm>
#include <cstring>

#include "engine/codec_checksum.h"
#include "io/checksum.h"

namespace sluice::engine {
namespace {

std::string hex(std::uint64_t n) {
  std::string out;
  do {
    out.insert(out.begin(), "0123456789abcdef"[n & 15]);
    n >>= 4;
  } while (n > 0);
  return out;
}

constexpr std::string_view kTrailerName = "x-amz-checksum-crc32c:";
constexpr std::uint64_t kChecksumText = 8;  // base64 of four bytes

std::uint64_t framed(std::uint64_t plain) {
  const auto chunk = [](std::uint64_t n) { return hex(n).size() + 2 + n + 2; };
  std::uint64_t size = plain / TrailerSource::kChunk * chunk(TrailerSource::kChunk);
  if (const auto rest = plain % TrailerSource::kChunk) size += chunk(rest);
  return size + 3 + kTrailerName.size() + kChecksumText + 4;
}

}  // namespace

TrailerSource::TrailerSource(io::BodySource* inner)
    : inner_(inner), plain_size_(inner->size()), framed_size_(framed(plain_size_)), unread_(plain_size_) {}

bool TrailerSource::rewind() {
  unread_ = plain_size_;
  chunk_left_ = 0;
  in_chunk_ = closed_ = false;
  pending_.clear();
  sent_ = 0;
  crc_ = 0;
  return inner_->rewind();
}

/// What stands between the last byte of data and the next.
void TrailerSource::frame_next() {
  pending_.clear();
  sent_ = 0;
  if (in_chunk_) pending_ += "\r\n";
  in_chunk_ = unread_ > 0;
  if (in_chunk_) {
    chunk_left_ = std::min(kChunk, unread_);
    pending_ += hex(chunk_left_) + "\r\n";
    return;
  }
  pending_.append("0\r\n").append(kTrailerName).append(encode_checksum(crc_)).append("\r\n\r\n");
  closed_ = true;
}

Result<std::size_t> TrailerSource::read(std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    if (sent_ == pending_.size() && chunk_left_ == 0) {
      if (closed_) break;
      frame_next();
    }
    if (sent_ < pending_.size()) {
      const auto n = std::min(into.size() - done, pending_.size() - sent_);
      std::memcpy(into.data() + done, pending_.data() + sent_, n);
      sent_ += n;
      done += n;
      continue;
    }
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - done, chunk_left_));
    auto got = inner_->read(into.subspan(done, room));
    if (!got) return got;
    // What was framed so far goes out first; the inner source says "not now" again when it is asked.
    if (*got == io::kPaused) return done > 0 ? done : io::kPaused;
    if (*got == 0) return fail(ErrorKind::integrity, "the source ended before the length it had told");
    crc_ = io::crc32c(crc_, {into.data() + done, *got});
    chunk_left_ -= *got;
    unread_ -= *got;
    done += *got;
  }
  return done;
}

}  // namespace sluice::engine
