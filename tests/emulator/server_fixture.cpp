// See server_fixture.h.
#include "server_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "io/percent.h"

namespace sluice::emulator::test {

Wire::Wire(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{20, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "cannot connect to port " << port;
  }
}

Wire::~Wire() {
  ::close(socket_);
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Wire::send_last(std::string_view bytes) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
  const bool sent = send(bytes);
  close_sending();
  return sent;
}

void Wire::close_sending() {
  ::shutdown(socket_, SHUT_WR);
}

bool Wire::more() {
  char buffer[64 * 1024];
  const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
  if (count < 0 && errno == ECONNRESET) reset_ = true;
  if (count <= 0) return false;
  pending_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

Answer Wire::receive(bool head_only) {
  Answer answer;
  std::size_t end = std::string::npos;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) {
      answer.reset = reset_;
      return answer;
    }
  }
  const std::string head = pending_.substr(0, end + 2);
  pending_.erase(0, end + 4);
  answer.status = std::atoi(head.c_str() + 9);
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const auto line_end = head.find("\r\n", at);
    const std::string line = head.substr(at, line_end - at);
    const auto colon = line.find(": ");
    answer.headers.add(line.substr(0, colon), line.substr(colon + 2));
    at = line_end + 2;
  }
  if (answer.status == 100) return answer;
  const std::size_t length = std::strtoull(answer.headers.get("Content-Length").c_str(), nullptr, 10);
  const bool bodiless = head_only || answer.status == 204 || answer.status == 304;
  while (!bodiless && pending_.size() < length) {
    if (!more()) {
      answer.body = std::exchange(pending_, {});
      answer.reset = reset_;
      return answer;
    }
  }
  if (!bodiless) {
    answer.body = pending_.substr(0, length);
    pending_.erase(0, length);
  }
  answer.whole = true;
  return answer;
}

ServerTest::ServerTest() {
  std::string name = (std::filesystem::temp_directory_path() / "sluice-server-XXXXXX").string();
  directory_ = ::mkdtemp(name.data());
  options_.root = directory_ / "store";
  options_.access_key = "TESTKEY";
  options_.secret_key = secret_;
  options_.admin = true;
  now_ = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

ServerTest::~ServerTest() {
  server_.reset();
  std::filesystem::remove_all(directory_);
}

void ServerTest::start() {
  auto server = Server::start(options_);
  ASSERT_TRUE(server) << server.error().message;
  server_ = std::move(*server);
}

void ServerTest::restart() {
  server_.reset();
  start();
}

void ServerTest::use_faults(const std::string& json) {
  options_.faults_file = directory_ / "faults.json";
  std::ofstream(options_.faults_file) << json;
}

std::string ServerTest::head(Ask ask, bool with_length) const {
  io::Request request;
  request.method = ask.method;
  request.host = ask.host.empty() ? "127.0.0.1:" + std::to_string(server_->port()) : ask.host;
  request.port = server_->port();
  request.path = ask.path;
  request.query = ask.query;
  request.headers = ask.headers;
  if (ask.sign) {
    signers::SignContext context;
    context.credentials = {options_.access_key, secret_, {}};
    context.region = ask.region;
    context.time = now_;
    if (!ask.payload_hash.empty()) context.payload_hash = ask.payload_hash;
    // Path style unless told: /bucket/key.
    const std::string decoded = io::percent_decode(ask.path);
    const auto slash = decoded.find('/', 1);
    context.resource.bucket =
        ask.bucket.empty() ? decoded.substr(1, slash == std::string::npos ? slash : slash - 1) : ask.bucket;
    context.resource.key = !ask.bucket.empty()          ? ask.key
                           : slash == std::string::npos ? ""
                                                        : decoded.substr(slash + 1);
    signers::signer(ask.scheme)->sign(request, context);
  }
  std::string text = request.method + " " + request.target() + " HTTP/1.1\r\nHost: " + request.host + "\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  const bool sends = !ask.body.empty() || ask.method == "PUT" || ask.method == "POST";
  if (with_length && sends) text += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
  return text + "\r\n";
}

Answer ServerTest::ask(Ask ask) {
  Wire wire(server_->port());
  const bool head_only = ask.method == "HEAD";
  const std::string text = head(ask) + ask.body;
  wire.send(text);
  return wire.receive(head_only);
}

Answer ServerTest::s3(std::string method, std::string path, std::string body, io::Headers headers) {
  Ask request;
  request.method = std::move(method);
  const auto question = path.find('?');
  request.path = path.substr(0, question);
  if (question != std::string::npos)
    request.query = io::parse_query(std::string_view(path).substr(question + 1));
  request.body = std::move(body);
  request.headers = std::move(headers);
  return ask(std::move(request));
}

std::string ServerTest::admin(const std::string& path) const {
  Wire wire(server_->admin_port());
  wire.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return wire.receive().body;
}

std::string ServerTest::counters() const {
  return admin("/counters");
}

std::string element(const std::string& xml, const std::string& name) {
  const auto begin = xml.find("<" + name + ">");
  const auto end = xml.find("</" + name + ">");
  if (begin == std::string::npos || end == std::string::npos) return {};
  return xml.substr(begin + name.size() + 2, end - begin - name.size() - 2);
}

std::string bytes_of(std::size_t count, std::uint64_t seed) {
  std::string bytes(count, '\0');
  for (char& c : bytes) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    c = static_cast<char>(seed >> 56);
  }
  return bytes;
}

}  // namespace sluice::emulator::test
