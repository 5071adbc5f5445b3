// One connection: what was read of its request and what is left of its answer. It belongs to one loop
// and is used again, so that its buffers keep their room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bench/sink/chunked.h"
#include "bench/sink/counters.h"
#include "bench/sink/etag.h"
#include "bench/sink/kept.h"
#include "bench/sink/request.h"

struct ssl_st;

namespace sink {

inline constexpr std::uint64_t kNever = ~0ull;

/// What happens amid an object's body.
enum class Cut { none, reset, truncate, stall, pause };

/// The request's body, as far as it is here.
struct Incoming {
  std::uint64_t left = 0;     ///< on the wire, unless framed as chunks
  std::uint64_t seen = 0;     ///< on the wire
  std::uint64_t payload = 0;  ///< without framing
  std::uint64_t cut = kNever;
  std::unique_ptr<Chunked> chunked, aws_chunked;
  std::unique_ptr<Md5> md5;
  std::unique_ptr<KeptFile> file;
  std::string text;  ///< of requests that are words, not objects
  std::string tail;  ///< the last bytes on the wire, when a checksum is expected there
  bool wants_text = false, wants_tail = false;

  bool complete() const { return chunked ? chunked->done() : left == 0; }
  /// Nobody looks at the bytes: they need not leave the kernel.
  bool unread() const { return !wants_text && !md5 && !file && !aws_chunked; }
};

/// The answer's body; its head stands in Connection::out.
struct Outgoing {
  enum class Source { pattern, file };
  Source source = Source::pattern;
  std::uint64_t offset = 0, left = 0, sent = 0, cut = kNever;
  int file = -1;  ///< closed by the loop
};

struct Connection {
  enum class State { head, body, delay, send, stalled, paused };

  int fd = -1;
  ssl_st* tls = nullptr;
  bool tls_wants_write = false;
  std::uint32_t generation = 0;  ///< grows with each use, so that timers of earlier ones are known
  std::uint32_t interest = 0;    ///< epoll's events
  State state = State::head, resumes = State::head;
  bool pauses = false;  ///< stops once, at the first object it moves

  std::string in;
  std::size_t in_at = 0;
  Request request;
  Operation operation = Operation::other;
  Incoming body;

  std::string out;
  std::size_t out_at = 0;
  Outgoing answer;
  Cut cut = Cut::none;
  bool close_after = false, busy = false, answer_503 = false, answer_500 = false;

  double tokens = 0;  ///< bytes that the cap allows now
  std::uint64_t tokens_at = 0;
  std::uint64_t share = 0, share_at = 0;  ///< bytes that it has got of the total, and when they may pass
  bool timer_set = false;

  bool in_empty() const { return in_at == in.size(); }
  void consume(std::size_t count) {
    in_at += count;
    if (!in_empty()) return;
    in.clear();
    in_at = 0;
  }
};

}  // namespace sink
