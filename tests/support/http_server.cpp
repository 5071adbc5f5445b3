#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <condition_variable>
#include <cstdlib>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace sluice::testing {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// A key and a certificate that signs itself.
struct Identity {
  std::string pem;
  std::shared_ptr<SSL_CTX> context;
};

Identity make_identity(const std::vector<std::string>& names) {
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::shared_ptr<X509> cert(X509_new(), X509_free);
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 86400);
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME* name = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1,
                             0);
  X509_set_issuer_name(cert.get(), name);
  std::string alternatives;
  for (const std::string& n : names) {
    const bool address = std::isdigit(static_cast<unsigned char>(n[0])) != 0;
    alternatives += (alternatives.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + n;
  }
  X509_EXTENSION* san = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternatives.c_str());
  X509_add_ext(cert.get(), san, -1);
  X509_EXTENSION_free(san);
  X509_sign(cert.get(), key.get(), EVP_sha256());

  Identity identity;
  const std::shared_ptr<BIO> text(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(text.get(), cert.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  identity.pem.assign(data, static_cast<std::size_t>(size));
  identity.context.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (SSL_CTX_use_certificate(identity.context.get(), cert.get()) != 1 ||
      SSL_CTX_use_PrivateKey(identity.context.get(), key.get()) != 1)
    throw std::runtime_error("no TLS identity");
  return identity;
}

/// One accepted socket, with TLS or without.
class Stream {
 public:
  Stream(int fd, SSL_CTX* context) : fd_(fd) {
    const int one = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!context) return;
    ssl_.reset(SSL_new(context), SSL_free);
    SSL_set_fd(ssl_.get(), fd_);
    ok_ = SSL_accept(ssl_.get()) == 1;
  }
  bool ok() const { return ok_; }
  bool read_more(std::string& into) {
    char piece[65536];
    const auto n = ssl_ ? SSL_read(ssl_.get(), piece, sizeof piece) : ::recv(fd_, piece, sizeof piece, 0);
    if (n <= 0) return false;
    into.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  bool write(std::string_view data) {
    while (!data.empty()) {
      const auto n = ssl_ ? SSL_write(ssl_.get(), data.data(),
                                      static_cast<int>(std::min<std::size_t>(data.size(), 1 << 20)))
                          : ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void reset_when_closed() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  void wait_for_the_client_to_leave() {
    std::string ignored;
    while (read_more(ignored)) ignored.clear();
  }

 private:
  int fd_;
  std::shared_ptr<SSL> ssl_;
  bool ok_ = true;
};

std::string head_of(const HttpAnswer& answer, bool body_follows) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Said\r\n";
  bool has_length = answer.status == 204 || answer.status == 304;
  for (const auto& [name, value] : answer.headers) {
    head += name + ": " + value + "\r\n";
    has_length = has_length || lower(name) == "content-length";
  }
  if (answer.chunked && body_follows)
    head += "Transfer-Encoding: chunked\r\n";
  else if (!has_length)
    head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  if (answer.end == HttpAnswer::End::close) head += "Connection: close\r\n";
  return head + "\r\n";
}

}  // namespace

std::string HttpRequest::header(const std::string& name) const {
  for (const auto& [n, value] : headers)
    if (lower(n) == lower(name)) return value;
  return "";
}

bool HttpRequest::has(const std::string& name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& h) { return lower(h.first) == lower(name); });
}

class HttpServer::State {
 public:
  State(Script script, const HttpServerOptions& options) : script_(std::move(script)) {
    if (options.tls) identity_ = make_identity(options.names);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 512) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error("no port to listen on");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }

  ~State() {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
      ended_.notify_all();
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }

  void accept() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      std::lock_guard lock(mutex_);
      if (closing_) {
        ::close(fd);
        return;
      }
      const int number = ++connections_;
      open_.push_back(fd);
      threads_.emplace_back([this, fd, number] {
        serve(fd, number);
        std::lock_guard inner(mutex_);
        open_.remove(fd);
        ::close(fd);
      });
    }
  }

  void serve(int fd, int number) {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);  // OpenSSL writes without MSG_NOSIGNAL
    Stream stream(fd, identity_.context.get());
    std::string buffer;
    while (stream.ok()) {
      HttpRequest request;
      request.connection = number;
      if (!read_request(stream, buffer, request)) return;
      ++requests_;
      if (!answer(stream, request, script_(request))) return;
    }
  }

  static bool read_request(Stream& stream, std::string& buffer, HttpRequest& request) {
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!stream.read_more(buffer)) return false;
    parse_head(buffer.substr(0, end + 2), request);
    buffer.erase(0, end + 4);
    const std::string length = request.header("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::strtoull(length.c_str(), nullptr, 10);
    while (buffer.size() < size)
      if (!stream.read_more(buffer)) return false;
    request.body = buffer.substr(0, size);
    buffer.erase(0, size);
    return true;
  }

  static void parse_head(const std::string& head, HttpRequest& request) {
    std::size_t at = head.find("\r\n");
    const std::string first = head.substr(0, at);
    const std::size_t space = first.find(' '), last = first.rfind(' ');
    request.method = first.substr(0, space);
    request.target = first.substr(space + 1, last - space - 1);
    for (at += 2; at < head.size();) {
      const std::size_t eol = head.find("\r\n", at);
      const std::string line = head.substr(at, eol - at);
      at = eol + 2;
      const std::size_t colon = line.find(':');
      if (colon == std::string::npos) continue;
      const std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
      request.headers.emplace_back(line.substr(0, colon), line.substr(value));
    }
  }

  bool answer(Stream& stream, const HttpRequest& request, const HttpAnswer& answer) {
    using End = HttpAnswer::End;
    const bool whole = answer.end == End::keep || answer.end == End::close;
    const bool has_body = request.method != "HEAD";
    std::string out = answer.before;
    if (whole || answer.send_head) out += head_of(answer, has_body);
    std::string_view body = has_body ? std::string_view(answer.body) : std::string_view();
    if (!whole) body = body.substr(0, answer.send_head ? answer.send_bytes : 0);
    std::string framed;
    if (answer.chunked && has_body) {
      framed = chunks(body, whole);
      body = framed;
    }
    if (answer.drip_bytes) {
      if (!stream.write(out) || !drip(stream, body, answer)) return false;
    } else {
      out += body;
      if (!stream.write(out)) return false;
    }
    if (answer.end == End::reset) stream.reset_when_closed();
    if (answer.end == End::stall) stream.wait_for_the_client_to_leave();
    return answer.end == End::keep;
  }

  static std::string chunks(std::string_view body, bool whole) {
    std::string framed;
    while (!body.empty()) {
      const std::string_view piece = body.substr(0, 10'000);
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      framed += size;
      framed += piece;
      framed += "\r\n";
      body.remove_prefix(piece.size());
    }
    return whole ? framed + "0\r\n\r\n" : framed;
  }

  bool drip(Stream& stream, std::string_view body, const HttpAnswer& answer) {
    while (!body.empty()) {
      if (!stream.write(body.substr(0, answer.drip_bytes))) return false;
      body.remove_prefix(std::min<std::size_t>(answer.drip_bytes, body.size()));
      std::unique_lock lock(mutex_);
      if (ended_.wait_for(lock, answer.drip_pause, [this] { return closing_; })) return false;
    }
    return true;
  }

  Script script_;
  Identity identity_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool closing_ = false;
  std::list<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
  std::atomic<int> connections_{0}, requests_{0};
};

HttpServer::HttpServer(Script script, HttpServerOptions options)
    : state_(std::make_unique<State>(std::move(script), options)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::port() const {
  return state_->port_;
}
std::string HttpServer::address() const {
  return "127.0.0.1:" + std::to_string(state_->port_);
}
std::string HttpServer::certificate_pem() const {
  return state_->identity_.pem;
}
int HttpServer::connections() const {
  return state_->connections_;
}
int HttpServer::requests() const {
  return state_->requests_;
}

}  // namespace sluice::testing
