// HeadParser: turns the bytes of a connection into the head of the next request. Pure: no I/O.
//
// One parser a request. What follows the head stays with the caller (body, next request).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/http.h"

namespace sluice::emulator {

struct Head {
  std::string method;
  std::string path;       ///< as sent, percent-encoded; "/" at least
  std::string raw_query;  ///< as sent, without '?'
  io::Headers headers;
  bool keep_alive = true;
  bool expects_continue = false;
  bool chunked = false;                 ///< Transfer-Encoding: chunked
  std::optional<std::uint64_t> length;  ///< Content-Length
};

class HeadParser {
 public:
  HeadParser();
  ~HeadParser();

  enum class State { more, done, bad };
  /// Takes bytes in; `consumed` tells how many belong to the head. After `done`, take() it.
  State feed(std::string_view bytes, std::size_t& consumed);
  Head take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::emulator
