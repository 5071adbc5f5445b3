// BodyDecoder: takes the framing off a request's body as its bytes arrive. Pure: no I/O.
//
// Two layers: HTTP's (Content-Length or chunked) and, inside it, aws-chunked / tos-chunked with chunk
// signatures and trailers. Plain bytes go to the sink piece by piece; nothing is kept. A body that is
// cut short never reaches `done`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/call.h"
#include "signers/chunked.h"

namespace sluice::emulator {

struct BodyFraming {
  bool http_chunked = false;
  std::uint64_t length = 0;                    ///< Content-Length, when not http_chunked
  bool store_chunked = false;                  ///< aws-chunked or tos-chunked
  signers::ChunkSigner* signatures = nullptr;  ///< what they must be; null where none are sent
  bool signed_trailer = false;
};

class BodyDecoder {
 public:
  using Sink = std::function<bool(std::string_view)>;  ///< false: stop, the body is refused

  BodyDecoder(BodyFraming framing, Sink sink) : framing_(framing), sink_(std::move(sink)) {
    remaining_ = framing.length;
    if (!framing.http_chunked && framing.length == 0) end_of_body();
  }

  enum class State { more, done, bad, stopped };
  State state() const { return state_; }
  /// Takes bytes in; answers how many belong to this body.
  std::size_t feed(std::string_view bytes);
  /// How many more bytes are known to come; at least 1 while `more`.
  std::uint64_t expected() const { return framing_.http_chunked ? 1 : remaining_; }

  Trouble trouble() const { return trouble_; }  ///< after bad
  const io::Headers& trailer() const { return trailer_; }
  std::uint64_t plain_bytes() const { return plain_bytes_; }

 private:
  enum class Outer { size, data, data_end, trailer };
  enum class Inner { size, data, data_end, trailer, done };

  void outer_data(std::string_view bytes);
  void inner_data(std::string_view bytes);
  void inner_line(std::string line);
  void plain(std::string_view bytes);
  void end_of_body();
  void fail(Trouble);

  BodyFraming framing_;
  Sink sink_;
  State state_ = State::more;
  Trouble trouble_ = Trouble::none;
  std::uint64_t remaining_ = 0;  // of the body, or of the HTTP chunk
  Outer outer_ = Outer::size;
  std::string outer_line_;
  Inner inner_ = Inner::size;
  std::string inner_line_;
  std::uint64_t inner_remaining_ = 0;
  std::string chunk_signature_;
  std::string trailer_signature_;
  io::Headers trailer_;
  std::uint64_t plain_bytes_ = 0;
};

}  // namespace sluice::emulator
