// Bytes to and from a connection, plain or TLS, and how fast they may pass: loop.h.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "bench/sink/loop.h"

namespace sink {
namespace {

constexpr std::size_t kMostTls = 1 << 20;
constexpr double kBurstSeconds = 0.01, kSmallestBurst = 65536;
constexpr double kShareSeconds = 0.002;

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

int at_most(std::size_t count) {
  return static_cast<int>(std::min(count, kMostTls));
}

}  // namespace

ssize_t Loop::read_bytes(Connection& c, char* into, std::size_t count) {
  if (!c.tls) {
    const ssize_t got = into ? recv(c.fd, into, count, 0) : recv(c.fd, nullptr, count, MSG_TRUNC);
    if (got >= 0) return got;
    return would_block() ? kWouldBlock : kBroken;
  }
  if (!into) {
    into = buffer_.data();
    count = std::min(count, buffer_.size());
  }
  const int got = SSL_read(c.tls, into, at_most(count));
  c.tls_wants_write = false;
  if (got > 0) return got;
  const int why = SSL_get_error(c.tls, got);
  c.tls_wants_write = why == SSL_ERROR_WANT_WRITE;
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return kWouldBlock;
  ERR_clear_error();
  return why == SSL_ERROR_ZERO_RETURN ? 0 : kBroken;
}

ssize_t Loop::write_bytes(Connection& c, const char* bytes, std::size_t count, bool more) {
  if (!c.tls) {
    const ssize_t sent = ::send(c.fd, bytes, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (sent >= 0) return sent;
    return would_block() ? kWouldBlock : kBroken;
  }
  const int sent = SSL_write(c.tls, bytes, at_most(count));
  if (sent > 0) return sent;
  const int why = SSL_get_error(c.tls, sent);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return kWouldBlock;
  ERR_clear_error();
  return kBroken;
}

ssize_t Loop::send_file(Connection& c, int file, std::uint64_t offset, std::uint64_t count) {
  auto at = static_cast<off_t>(offset);
  const ssize_t sent = sendfile(c.fd, file, &at, count);
  if (sent > 0) return sent;
  return sent < 0 && would_block() ? kWouldBlock : kBroken;  // 0: the file became shorter
}

std::uint64_t Loop::allowance(Connection& c, std::uint64_t count) {
  count = under_cap(c, count);
  return count > 0 ? under_total(c, count) : 0;
}

std::uint64_t Loop::under_cap(Connection& c, std::uint64_t count) {
  const double cap = shared_.knobs.cap.load(std::memory_order_relaxed);
  if (cap <= 0) return count;
  const std::uint64_t now = now_ns();
  const double burst = std::max(cap * kBurstSeconds, kSmallestBurst);
  c.tokens = std::min(burst, c.tokens + static_cast<double>(now - c.tokens_at) * 1e-9 * cap);
  c.tokens_at = now;
  const double least = std::min(static_cast<double>(count), burst / 4);  // not byte by byte
  if (c.tokens >= least) return std::min(count, static_cast<std::uint64_t>(c.tokens));
  want(c, 0);
  if (!c.timer_set) after(c, static_cast<std::uint64_t>((burst / 2 - c.tokens) / cap * 1e9) + 1000);
  return 0;
}

std::uint64_t Loop::under_total(Connection& c, std::uint64_t count) {
  const double total = shared_.knobs.total.load(std::memory_order_relaxed);
  if (total <= 0) return count;
  const std::uint64_t now = now_ns();
  if (c.share == 0) {
    c.share = std::min(count, static_cast<std::uint64_t>(std::max(total * kShareSeconds, kSmallestBurst)));
    Bandwidth& way = c.state == Connection::State::send ? shared_.out : shared_.in;
    c.share_at = way.reserve(total, c.share, now);
  }
  if (c.share_at <= now) return std::min(count, c.share);
  want(c, 0);
  if (!c.timer_set) after(c, c.share_at - now);
  return 0;
}

void Loop::spend(Connection& c, std::uint64_t count) {
  if (shared_.knobs.cap.load(std::memory_order_relaxed) > 0) c.tokens -= static_cast<double>(count);
  c.share -= std::min(c.share, count);
}

}  // namespace sink
