// Answers on their way out: loop.h.
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "bench/sink/loop.h"
#include "bench/sink/operations.h"

namespace sink {
namespace {

using State = Connection::State;

constexpr std::uint64_t kTurn = 4 << 20;  // then other connections get theirs
constexpr std::uint64_t kLargestSend = 2 << 20, kTlsSend = 65536;

}  // namespace

void Loop::answer(Connection& c) {
  respond(*this, c);
  c.body = {};
  Outgoing& body = c.answer;
  if (c.cut != Cut::none && c.request.method == "GET" && body.left > 0)
    body.cut =
        static_cast<std::uint64_t>((c.cut == Cut::pause ? 0.5 : random()) * static_cast<double>(body.left));
  c.state = State::send;
  const double latency = shared_.knobs.latency.load(std::memory_order_relaxed);
  if (latency <= 0 || c.request.administers()) return send(c);
  c.state = State::delay;
  want(c, 0);
  after(c, static_cast<std::uint64_t>(latency * 1e6));
}

void Loop::send(Connection& c) {
  if (send_head(c) && send_body(c)) finish(c);
}

/// False, here and below: it must wait, or the connection ended.
bool Loop::send_head(Connection& c) {
  while (c.out_at < c.out.size()) {
    const bool more = c.answer.left > 0 && c.answer.cut > 0;
    const ssize_t sent = write_bytes(c, c.out.data() + c.out_at, c.out.size() - c.out_at, more);
    if (sent == kWouldBlock) return want(c, EPOLLOUT), false;
    if (sent < 0) return close(c), false;
    c.out_at += static_cast<std::size_t>(sent);
  }
  return true;
}

bool Loop::send_body(Connection& c) {
  Outgoing& body = c.answer;
  std::uint64_t budget = kTurn;
  while (body.left > 0) {
    if (body.sent >= body.cut) {
      body.cut = kNever;
      return cut_off(c, EPOLLIN);
    }
    const std::uint64_t allowed = allowance(c, std::min({body.left, body.cut - body.sent, kLargestSend}));
    if (allowed == 0) return false;
    const ssize_t sent = send_some(c, allowed);
    if (sent == kWouldBlock) return want(c, EPOLLOUT), false;
    if (sent < 0) {
      shared_.counters.early_close.add();
      return close(c), false;
    }
    const auto count = static_cast<std::uint64_t>(sent);
    body.offset += count;
    body.left -= count;
    body.sent += count;
    shared_.counters.body_out.add(count);
    spend(c, count);
    budget -= std::min(budget, count);
    if (budget == 0 && body.left > 0) return want(c, EPOLLOUT), false;
  }
  return true;
}

/// Part of the answer's body, from where it is.
ssize_t Loop::send_some(Connection& c, std::uint64_t count) {
  const Outgoing& body = c.answer;
  const Pattern& pattern = shared_.pattern;
  const bool patterned = body.source == Outgoing::Source::pattern;
  if (!c.tls && patterned) return send_file(c, pattern.file(), body.offset % Pattern::kPeriod, count);
  if (!c.tls) return send_file(c, body.file, body.offset, count);
  count = std::min(count, kTlsSend);
  if (patterned) return write_bytes(c, pattern.at(body.offset), count, false);
  const ssize_t got = pread(body.file, buffer_.data(), count, static_cast<off_t>(body.offset));
  return got <= 0 ? kBroken : write_bytes(c, buffer_.data(), static_cast<std::size_t>(got), false);
}

void Loop::finish(Connection& c) {
  if (c.answer.file >= 0) ::close(c.answer.file);
  c.answer.file = -1;
  c.busy = false;
  if (c.close_after) {
    if (c.tls) SSL_shutdown(c.tls);
    shutdown(c.fd, SHUT_WR);
    return close(c);
  }
  c.state = State::head;
  if (receiving_) return;
  if (!c.in_empty() || c.tls)
    receive(c);
  else
    want(c, EPOLLIN);
}

/// Does what was dealt to this body, amid it. Always false: nothing more is to be done now.
bool Loop::cut_off(Connection& c, std::uint32_t events) {
  Counters& counters = shared_.counters;
  if (c.cut == Cut::reset || c.cut == Cut::truncate) {
    (c.cut == Cut::reset ? counters.resets : counters.truncs).add();
    return close(c, c.cut == Cut::reset), false;
  }
  if (c.cut == Cut::stall) {
    counters.stalls.add();
    c.state = State::stalled;
    return want(c, events), false;
  }
  counters.pauses.add();
  c.pauses = false;
  c.resumes = c.state;
  c.state = State::paused;
  want(c, 0);
  after(c, static_cast<std::uint64_t>(shared_.knobs.stall_ms * 1e6));
  return false;
}

}  // namespace sink
