// See body_decoder.h. Both layers are state machines that may be interrupted at any byte.
#include "emulator/body_decoder.h"

#include <algorithm>
#include <charconv>

namespace sluice::emulator {
namespace {

constexpr std::size_t kMaxLine = 16 * 1024;

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// Moves bytes up to the line's end into `line`; true when the line is complete, its end taken off.
// A line that grows beyond reason is left longer than kMaxLine.
bool take_line(std::string_view& bytes, std::string& line) {
  const auto end = bytes.find('\n');
  const auto count = std::min(end == std::string_view::npos ? bytes.size() : end, kMaxLine + 1);
  line.append(bytes.substr(0, count));
  if (end == std::string_view::npos || line.size() > kMaxLine) {
    bytes.remove_prefix(count);
    return false;
  }
  bytes.remove_prefix(end + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

void BodyDecoder::fail(Trouble trouble) {
  if (state_ != State::more) return;
  state_ = State::bad;
  trouble_ = trouble;
}

void BodyDecoder::end_of_body() {
  if (state_ != State::more) return;
  if (framing_.store_chunked && inner_ != Inner::done) return fail(Trouble::incomplete_body);
  state_ = State::done;
}

std::size_t BodyDecoder::feed(std::string_view bytes) {
  const std::size_t given = bytes.size();
  if (!framing_.http_chunked) {
    const auto mine = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    remaining_ -= mine;
    outer_data(bytes.substr(0, mine));
    if (remaining_ == 0) end_of_body();
    return mine;
  }
  while (!bytes.empty() && state_ == State::more) {
    if (outer_ == Outer::data) {
      const auto mine = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
      outer_data(bytes.substr(0, mine));
      bytes.remove_prefix(mine);
      remaining_ -= mine;
      if (remaining_ == 0) outer_ = Outer::data_end;
      continue;
    }
    if (!take_line(bytes, outer_line_)) {
      if (outer_line_.size() > kMaxLine) fail(Trouble::bad_http);
      continue;
    }
    const std::string line = std::exchange(outer_line_, {});
    if (outer_ == Outer::data_end) {
      if (!line.empty()) fail(Trouble::bad_http);
      outer_ = Outer::size;
    } else if (outer_ == Outer::trailer) {
      if (line.empty()) end_of_body();
    } else {
      const auto size = parse_hex(trim(std::string_view(line).substr(0, line.find(';'))));
      if (!size) {
        fail(Trouble::bad_http);
      } else {
        remaining_ = *size;
        outer_ = *size == 0 ? Outer::trailer : Outer::data;
      }
    }
  }
  return given - bytes.size();
}

void BodyDecoder::outer_data(std::string_view bytes) {
  if (framing_.store_chunked) return inner_data(bytes);
  plain(bytes);
}

void BodyDecoder::plain(std::string_view bytes) {
  if (bytes.empty()) return;
  plain_bytes_ += bytes.size();
  if (!sink_(bytes)) state_ = State::stopped;
}

void BodyDecoder::inner_data(std::string_view bytes) {
  while (!bytes.empty() && state_ == State::more) {
    if (inner_ == Inner::done) return fail(Trouble::malformed_body);
    if (inner_ == Inner::data) {
      const auto mine = static_cast<std::size_t>(std::min<std::uint64_t>(inner_remaining_, bytes.size()));
      if (framing_.signatures) framing_.signatures->data({bytes.data(), mine});
      plain(bytes.substr(0, mine));
      bytes.remove_prefix(mine);
      inner_remaining_ -= mine;
      if (inner_remaining_ == 0) inner_ = Inner::data_end;
      continue;
    }
    if (!take_line(bytes, inner_line_)) {
      if (inner_line_.size() > kMaxLine) fail(Trouble::malformed_body);
      continue;
    }
    inner_line(std::exchange(inner_line_, {}));
  }
}

void BodyDecoder::inner_line(std::string line) {
  if (inner_ == Inner::data_end) {
    if (!line.empty()) return fail(Trouble::malformed_body);
    if (framing_.signatures && framing_.signatures->end_of_chunk() != chunk_signature_) {
      return fail(Trouble::bad_chunk_signature);
    }
    inner_ = Inner::size;
    return;
  }
  if (inner_ == Inner::size) {
    const std::string_view text = line;
    const auto semicolon = text.find(';');
    const auto size = parse_hex(trim(text.substr(0, semicolon)));
    if (!size) return fail(Trouble::malformed_body);
    chunk_signature_.clear();
    if (semicolon != std::string_view::npos) {
      const auto extension = trim(text.substr(semicolon + 1));
      constexpr std::string_view kWord = "chunk-signature=";
      if (extension.starts_with(kWord)) chunk_signature_ = extension.substr(kWord.size());
    }
    inner_remaining_ = *size;
    inner_ = *size == 0 ? Inner::trailer : Inner::data;
    if (*size == 0 && framing_.signatures && framing_.signatures->end_of_chunk() != chunk_signature_) {
      fail(Trouble::bad_chunk_signature);
    }
    return;
  }
  if (line.empty()) {
    if (framing_.signed_trailer && framing_.signatures &&
        framing_.signatures->trailer(trailer_) != trailer_signature_) {
      return fail(Trouble::bad_chunk_signature);
    }
    inner_ = Inner::done;
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string::npos) return fail(Trouble::malformed_body);
  const std::string name = io::lower_case(trim(std::string_view(line).substr(0, colon)));
  const std::string value(trim(std::string_view(line).substr(colon + 1)));
  if (name == "x-amz-trailer-signature") {
    trailer_signature_ = value;
  } else {
    trailer_.add(name, value);
  }
}

}  // namespace sluice::emulator
