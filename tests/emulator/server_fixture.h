// A store in the process, and a client that is nothing but a socket and a signer: what it sends is
// what the test wrote.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "emulator/server.h"
#include "io/http.h"
#include "signers/signer.h"

namespace sluice::emulator::test {

struct Answer {
  int status = 0;  ///< 0: none came
  io::Headers headers;
  std::string body;
  bool whole = false;  ///< the body came to its end
  bool reset = false;  ///< the connection was reset
};

/// One connection. Blocking, with a limit of 20 s on every wait.
class Wire {
 public:
  explicit Wire(std::uint16_t port);
  ~Wire();
  Wire(const Wire&) = delete;

  bool send(std::string_view bytes);
  /// Answer to the request that was sent; `head_only` for HEAD.
  Answer receive(bool head_only = false);
  void close_sending();
  /// `bytes` and the end of the stream in one segment: the server cannot see the one without the other.
  bool send_last(std::string_view bytes);

 private:
  bool more();
  int socket_ = -1;
  std::string pending_;
  bool reset_ = false;
};

/// A request before it is signed. `path` is as sent; `bucket` and `key` are what it names.
struct Ask {
  signers::Scheme scheme = signers::Scheme::sigv4;
  std::string method = "GET";
  std::string path = "/";
  io::Query query{};
  io::Headers headers{};
  std::string body{};
  std::string host{};  ///< empty = 127.0.0.1:port
  std::string bucket{}, key{};
  std::string region = "us-east-1";
  std::string payload_hash{};  ///< empty = UNSIGNED-PAYLOAD
  bool sign = true;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  void start();
  void restart();
  void use_faults(const std::string& json);  ///< before start()

  /// Head as sent, without the body; Content-Length is added when `ask.body` is not empty or for PUT and
  /// POST.
  std::string head(Ask ask, bool with_length = true) const;
  Answer ask(Ask ask);
  Answer s3(std::string method, std::string path, std::string body = {}, io::Headers headers = {});
  std::string counters() const;
  std::string admin(const std::string& path) const;

  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::filesystem::path directory_;
  std::string secret_ = "server-test-secret";
  std::chrono::sys_seconds now_;
};

/// Text between <name> and </name>, or "".
std::string element(const std::string& xml, const std::string& name);
std::string bytes_of(std::size_t count, std::uint64_t seed);

}  // namespace sluice::emulator::test
