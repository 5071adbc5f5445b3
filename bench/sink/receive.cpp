// Heads and bodies of requests: loop.h. A body that nobody looks at is discarded in the kernel.
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "bench/sink/loop.h"
#include "bench/sink/mix.h"

namespace sink {
namespace {

using State = Connection::State;

constexpr std::uint64_t kTurn = 4 << 20;  // then other connections get theirs
constexpr std::size_t kHeadRead = 32768, kLongestHead = 65536;
constexpr std::uint64_t kLargestDiscard = 2 << 20;
constexpr std::size_t kLongestText = 8 << 20;
constexpr std::size_t kTail = 128;  // room for the last chunk's head and a trailer

}  // namespace

double Loop::random() {
  const std::uint64_t seeded = shared_.knobs.seeded.load(std::memory_order_relaxed);
  if (seeded != seeded_) {
    seeded_ = seeded;
    random_state_ = mix(shared_.knobs.seed * 1000003 + static_cast<std::uint64_t>(number_)) | 1;
  }
  random_state_ ^= random_state_ << 13;
  random_state_ ^= random_state_ >> 7;
  random_state_ ^= random_state_ << 17;
  return static_cast<double>(random_state_ >> 11) / static_cast<double>(1ull << 53);
}

void Loop::receive(Connection& c) {
  receiving_ = true;
  std::uint64_t budget = kTurn;
  bool answered = false, more = true;
  while (more && c.fd >= 0) {
    if (c.state == State::body) {
      more = receive_body(c, budget);
    } else {
      more = c.state == State::head && receive_head(c, answered);
      answered = true;
    }
  }
  receiving_ = false;
}

/// False: it must wait, or the connection ended.
bool Loop::receive_head(Connection& c, bool answered) {
  while (true) {
    const std::string_view have(c.in.data() + c.in_at, c.in.size() - c.in_at);
    const std::size_t end = have.find("\r\n\r\n");
    if (end != std::string_view::npos) {
      auto request = Request::parse(have.substr(0, end + 2));
      if (!request) return close(c), false;
      c.request = std::move(*request);
      c.consume(end + 4);
      begin(c);
      return true;
    }
    if (answered && !c.tls) return want(c, EPOLLIN), false;  // saves a recv that would find nothing
    if (have.size() > kLongestHead) return close(c), false;
    c.in.erase(0, c.in_at);
    c.in_at = 0;
    const ssize_t got = read_bytes(c, buffer_.data(), kHeadRead);
    if (got == kWouldBlock) return want(c, EPOLLIN), false;
    if (got <= 0) return close(c), false;
    c.in.append(buffer_.data(), static_cast<std::size_t>(got));
  }
}

void Loop::begin(Connection& c) {
  const Request& request = c.request;
  shared_.counters.requests.add();
  c.out.clear();
  c.out_at = 0;
  c.body = {};
  c.answer = {};
  c.close_after = request.close;
  c.busy = true;
  deal_faults(c);
  if (request.content_length <= 0 && !request.chunked) return answer(c);

  prepare_body(c);
  c.state = State::body;
  if (!request.expects_continue || !c.in_empty()) return;
  const double ms = shared_.knobs.continue_;
  if (ms > 0) usleep(static_cast<useconds_t>(ms * 1000));
  write_bytes(c, "HTTP/1.1 100 Continue\r\n\r\n", 25, false);
}

void Loop::deal_faults(Connection& c) {
  c.answer_503 = c.answer_500 = false;
  c.cut = Cut::none;
  if (c.request.administers()) return;
  const Knobs& knobs = shared_.knobs;
  if (const double p = knobs.p503.load(std::memory_order_relaxed); p > 0) c.answer_503 = random() < p;
  if (const double p = knobs.p500.load(std::memory_order_relaxed); p > 0) c.answer_500 = random() < p;
  if (const double rate = knobs.rate.load(std::memory_order_relaxed);
      rate > 0 && !c.answer_503 && !c.answer_500) {
    c.answer_503 = !shared_.rate.admits(rate, now_ns());
    if (c.answer_503) shared_.counters.slowdowns.add();
  }
  if (!c.request.moves_object() || c.answer_503 || c.answer_500) return;
  const double reset = knobs.reset, trunc = knobs.trunc, stall = knobs.stall;
  if (reset + trunc + stall > 0) {
    const double x = random();
    if (x < reset + trunc + stall) c.cut = Cut::stall;
    if (x < reset + trunc) c.cut = Cut::truncate;
    if (x < reset) c.cut = Cut::reset;
  }
  if (c.cut == Cut::none && c.pauses) c.cut = Cut::pause;
}

void Loop::prepare_body(Connection& c) {
  const Request& request = c.request;
  Incoming& body = c.body;
  const std::uint64_t length =
      request.content_length > 0 ? static_cast<std::uint64_t>(request.content_length) : 0;
  body.left = request.chunked ? kNever : length;
  if (request.method == "PUT" && c.cut != Cut::none) {
    const double share = c.cut == Cut::pause ? 0.5 : random();
    body.cut = static_cast<std::uint64_t>(share * static_cast<double>(std::max<std::uint64_t>(length, 1)));
  }
  if (request.chunked) body.chunked = std::make_unique<Chunked>();
  body.wants_text = !request.carries_object();
  body.wants_tail = !request.chunked && !request.trailer.empty();
  const Options& options = shared_.options;
  if (body.wants_text || (!options.keep && !options.md5)) return;
  if (request.aws_chunked) body.aws_chunked = std::make_unique<Chunked>();
  if (options.md5) body.md5 = std::make_unique<Md5>();
  if (options.keep) body.file = std::make_unique<KeptFile>(options.root);
}

void Loop::take_payload(Connection& c, const char* bytes, std::size_t count) {
  Incoming& body = c.body;
  const auto take = [&body](const char* some, std::size_t size) {
    body.payload += size;
    if (body.wants_text && body.text.size() < kLongestText) body.text.append(some, size);
    if (body.md5) body.md5->update(some, size);
    if (body.file) body.file->write(some, size);
  };
  if (body.aws_chunked)
    body.aws_chunked->feed(bytes, count, take);
  else
    take(bytes, count);
}

/// Answers how many of the bytes belong to the body.
std::size_t Loop::consume_wire(Connection& c, const char* bytes, std::size_t count) {
  Incoming& body = c.body;
  std::size_t used = count;
  if (body.chunked) {
    used = body.chunked->feed(bytes, count,
                              [&](const char* some, std::size_t size) { take_payload(c, some, size); });
  } else {
    used = static_cast<std::size_t>(std::min<std::uint64_t>(count, body.left));
    take_payload(c, bytes, used);
    body.left -= used;
    if (body.wants_tail && body.left < kTail) {
      const std::size_t kept = std::min(used, kTail);
      body.tail.append(bytes + used - kept, kept);
    }
  }
  body.seen += used;
  shared_.counters.body_in.add(used);
  return used;
}

/// Reads once from the socket.
ssize_t Loop::read_body(Connection& c) {
  Incoming& body = c.body;
  std::uint64_t discard = 0;
  if (body.unread()) discard = body.chunked ? body.chunked->data_left() : body.left;
  if (body.wants_tail) discard -= std::min<std::uint64_t>(discard, kTail);
  // Small pieces of chunked framing cost less to read than to ask for one by one.
  const bool discards = discard > (body.chunked ? 65536 : 0);
  const std::uint64_t most = discards       ? std::min(discard, kLargestDiscard)
                             : body.chunked ? buffer_.size()
                                            : std::min<std::uint64_t>(body.left, buffer_.size());
  const std::uint64_t allowed = allowance(c, most);
  if (allowed == 0) return 0;
  const ssize_t got = read_bytes(c, discards ? nullptr : buffer_.data(), allowed);
  if (got == kWouldBlock) return want(c, EPOLLIN), 0;
  if (got <= 0) {
    shared_.counters.early_close.add();
    return close(c), 0;
  }
  const auto count = static_cast<std::size_t>(got);
  spend(c, count);
  if (discards) {
    body.seen += count;
    body.payload += count;
    shared_.counters.body_in.add(count);
    if (body.chunked)
      body.chunked->skip_data(count);
    else
      body.left -= count;
  } else {
    const std::size_t used = consume_wire(c, buffer_.data(), count);
    c.in.append(buffer_.data() + used, count - used);  // the next request
  }
  return got;
}

/// False: it must wait, or the connection ended.
bool Loop::receive_body(Connection& c, std::uint64_t& budget) {
  Incoming& body = c.body;
  if (!c.in_empty()) {
    c.consume(consume_wire(c, c.in.data() + c.in_at, c.in.size() - c.in_at));
  } else if (!body.complete()) {
    const ssize_t got = read_body(c);
    if (got <= 0) return false;
    budget -= std::min(budget, static_cast<std::uint64_t>(got));
  }
  if (body.seen > body.cut) {
    body.cut = kNever;
    return cut_off(c, 0);
  }
  if (body.complete()) {
    if (body.chunked && body.chunked->bad()) return close(c), false;
    answer(c);
    return true;
  }
  if (budget > 0) return true;
  want(c, EPOLLIN);
  return false;
}

}  // namespace sink
