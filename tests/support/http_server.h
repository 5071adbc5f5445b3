// A scripted HTTP/1.1 server for tests: plain sockets, one thread a connection, ports from the OS.
//
// The script is one function from request to answer, called on the connection's thread. It can also
// misbehave: reset, close early, stall, drip. With TLS the certificate is made at run time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

struct HttpRequest {
  std::string method, target;  ///< as sent
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string header(const std::string& name) const;  ///< "" when absent
  bool has(const std::string& name) const;
  int connection = 0;  ///< which one it came by, from 1
};

struct HttpAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  enum class End {
    keep,      ///< connection stays open
    close,     ///< orderly close after the answer
    reset,     ///< RST after `send_bytes` of the body
    truncate,  ///< orderly close after `send_bytes` of the body
    stall,     ///< nothing more after `send_bytes`, until the client leaves or the server ends
  };
  End end = End::keep;
  std::uint64_t send_bytes = 0;             ///< reset, truncate, stall: of the body; the head goes first
  bool send_head = true;                    ///< false: not even the head (reset, truncate, stall)
  std::uint64_t drip_bytes = 0;             ///< body in pieces of this size, ...
  std::chrono::milliseconds drip_pause{0};  ///< ... with this pause between them
  bool chunked = false;                     ///< Transfer-Encoding instead of Content-Length
  std::string before;                       ///< raw bytes sent first ("HTTP/1.1 100 Continue\r\n\r\n")
};

struct HttpServerOptions {
  bool tls = false;
  /// Names and addresses in the certificate.
  std::vector<std::string> names = {"127.0.0.1", "localhost"};
};

class HttpServer {
 public:
  using Script = std::function<HttpAnswer(const HttpRequest&)>;

  explicit HttpServer(Script script, HttpServerOptions options = {});
  ~HttpServer();  ///< ends every connection and joins

  std::uint16_t port() const;
  std::string address() const;          ///< "127.0.0.1:port"
  std::string certificate_pem() const;  ///< what a client must trust; TLS only
  int connections() const;              ///< accepted so far
  int requests() const;                 ///< read completely so far

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::testing
