// Sockets, TLS and heads of answers: wire.h.
#include "bench/bounds/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace bounds {
namespace {

constexpr std::size_t kMostTls = 1u << 30;
SSL_CTX* tls_context = nullptr;

sockaddr_in address_of(const std::string& host_and_port) {
  const std::size_t colon = host_and_port.find(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const int port = colon == std::string::npos ? 80 : std::atoi(host_and_port.c_str() + colon + 1);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host_and_port.substr(0, colon).c_str(), &address.sin_addr) == 1) return address;
  std::fputs("give an IPv4 address and a port\n", stderr);
  std::exit(2);
}

[[noreturn]] void die_of_tls() {
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

void die(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

std::uint64_t parse_size(const std::string& text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text.c_str(), &end, 10);
  if (*end == 'k') return value << 10;
  if (*end == 'm') return value << 20;
  return *end == 'g' ? value << 30 : value;
}

std::string numbered_key(std::uint64_t index) {
  char text[32];
  std::snprintf(text, sizeof text, "k%010llu", static_cast<unsigned long long>(index));
  return text;
}

void use_tls(const std::string& ca_file) {
  tls_context = SSL_CTX_new(TLS_client_method());
  if (SSL_CTX_load_verify_locations(tls_context, ca_file.c_str(), nullptr) != 1) die_of_tls();
  SSL_CTX_set_verify(tls_context, SSL_VERIFY_PEER, nullptr);
}

Wire::Wire(const std::string& host_and_port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = address_of(host_and_port);
  if (socket_ < 0 || connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    die("connect");
  const int one = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (!tls_context) return;
  tls_ = SSL_new(tls_context);
  SSL_set_fd(tls_, socket_);
  if (SSL_connect(tls_) != 1) die_of_tls();
}

Wire::~Wire() {
  SSL_free(tls_);
  close(socket_);
}

ssize_t Wire::receive(char* into, std::size_t count, int flags) {
  if (!tls_) return recv(socket_, into, count, into ? flags : flags | MSG_TRUNC);
  static thread_local char discarded[16384];
  const std::size_t most = into ? kMostTls : sizeof discarded;
  return SSL_read(tls_, into ? into : discarded, static_cast<int>(std::min(count, most)));
}

void Wire::send(const char* bytes, std::size_t count, int flags) {
  while (count > 0) {
    const ssize_t sent = tls_ ? SSL_write(tls_, bytes, static_cast<int>(std::min(count, kMostTls)))
                              : ::send(socket_, bytes, count, MSG_NOSIGNAL | flags);
    if (sent <= 0) die("send");
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
}

void Answers::read_head(std::size_t at_most) {
  std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  while (true) {
    const std::size_t end = std::string_view(buffer_.data(), end_).find("\r\n\r\n");
    if (end != std::string_view::npos) {
      head_.assign(buffer_.data(), end + 2);
      at_ = end + 4;
      break;
    }
    if (end_ == buffer_.size()) die("the answer's head is too long");
    const ssize_t got = wire_.receive(buffer_.data() + end_, std::min(at_most, buffer_.size() - end_), 0);
    if (got <= 0) die("receive");
    end_ += static_cast<std::size_t>(got);
  }
  status_ = std::atoi(head_.c_str() + sizeof "HTTP/1.1");
  length_ = left_ = std::strtoull(header("Content-Length").c_str(), nullptr, 10);
}

void Answers::expect(int status) const {
  if (status_ == status) return;
  std::fprintf(stderr, "unexpected answer:\n%s", head_.c_str());
  std::exit(1);
}

std::string Answers::header(const std::string& name) const {
  const std::string start = "\r\n" + name + ": ";
  const std::size_t found = head_.find(start);
  if (found == std::string::npos) return {};
  const std::size_t value = found + start.size();
  return head_.substr(value, head_.find('\r', value) - value);
}

std::size_t Answers::pending() const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(left_, end_ - at_));
}

const char* Answers::take_pending(std::size_t count) {
  const char* taken = buffer_.data() + at_;
  at_ += count;
  left_ -= count;
  return taken;
}

void Answers::read_body(char* into) {
  const std::size_t first = pending();
  const char* bytes = take_pending(first);
  if (into) std::memcpy(into, bytes, first);
  if (into) into += first;
  while (left_ > 0) {
    const ssize_t got = wire_.receive(into, left_, into ? MSG_WAITALL : 0);
    if (got <= 0) die("receive");
    if (into) into += got;
    left_ -= static_cast<std::uint64_t>(got);
  }
}

void report(const char* program, std::uint64_t bytes) {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  std::fprintf(stderr, "%s: %llu bytes, user %.3f sys %.3f, maxrss %ld KiB, faults %ld\n", program,
               static_cast<unsigned long long>(bytes), seconds(used.ru_utime), seconds(used.ru_stime),
               used.ru_maxrss, used.ru_minflt);
}

}  // namespace bounds
