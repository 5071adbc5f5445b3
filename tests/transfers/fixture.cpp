#include "transfers/fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <simdjson.h>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>

namespace sluice::transfers {

const DialectUnderTest& dialect(const std::string& scheme) {
  for (const DialectUnderTest& d : kDialects)
    if (d.scheme == scheme) return d;
  std::abort();
}

TempDir::TempDir() {
  std::string pattern = std::filesystem::temp_directory_path() / "sluice-test-XXXXXX";
  if (!::mkdtemp(pattern.data())) std::abort();
  path_ = pattern;
}
TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {

void fill(std::span<char> into, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::size_t i = 0;
  for (; i + 8 <= into.size(); i += 8) {
    const std::uint64_t word = random();
    std::memcpy(into.data() + i, &word, 8);
  }
  for (; i < into.size(); ++i) into[i] = static_cast<char>(random());
}

}  // namespace

std::string bytes_of(std::uint64_t size, std::uint64_t seed) {
  std::string bytes(size, '\0');
  fill(bytes, seed);
  return bytes;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_big_file(const std::string& path, std::uint64_t size, std::uint64_t seed) {
  std::ofstream file(path, std::ios::binary);
  std::vector<char> piece(1 * kMiB);
  for (std::uint64_t done = 0; done < size; done += piece.size()) {
    fill(piece, seed + done);
    file.write(piece.data(),
               static_cast<std::streamsize>(std::min<std::uint64_t>(piece.size(), size - done)));
  }
}

bool same_files(const std::string& a, const std::string& b) {
  std::ifstream one(a, std::ios::binary), two(b, std::ios::binary);
  if (!one || !two) return false;
  std::vector<char> x(1 * kMiB), y(1 * kMiB);
  while (true) {
    one.read(x.data(), static_cast<std::streamsize>(x.size()));
    two.read(y.data(), static_cast<std::streamsize>(y.size()));
    if (one.gcount() != two.gcount()) return false;
    if (one.gcount() == 0) return true;
    if (std::memcmp(x.data(), y.data(), static_cast<std::size_t>(one.gcount())) != 0) return false;
  }
}

LocalStore::LocalStore(LocalStoreOptions options) : tls_(options.tls) {
  emulator::ServerOptions server;
  server.root = dir_.path("root");
  server.access_key = kAccessKey;
  server.secret_key = kSecretKey;
  server.admin = true;
  server.threads = 2;
  server.regions = options.regions;
  server.clock_offset_seconds = options.clock_offset_seconds;
  if (!options.faults.empty()) {
    write_file(dir_.path("faults.json"), options.faults);
    server.faults_file = dir_.path("faults.json");
  }
  if (!options.keys.empty()) {
    write_file(dir_.path("keys.json"), options.keys);
    std::filesystem::permissions(dir_.path("keys.json"), std::filesystem::perms::owner_read);
    server.keys_file = dir_.path("keys.json");
    server.access_key = server.secret_key = "";
  }
  if (options.tls) {
    const std::string command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext "
        "subjectAltName=IP:127.0.0.1"
        " -keyout " +
        dir_.path("key.pem") + " -out " + dir_.path("cert.pem") + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) ADD_FAILURE() << "openssl req failed";
    server.tls_certificate = dir_.path("cert.pem");
    server.tls_key = dir_.path("key.pem");
  }
  server_ = must(emulator::Server::start(server));
}

LocalStore::~LocalStore() = default;

std::string LocalStore::endpoint() const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server_->port());
}
std::string LocalStore::ca_file() const {
  return tls_ ? dir_.path("cert.pem") : std::string();
}

namespace {

/// The body of the answer to a GET, from a port of this machine.
std::string body_of_get(std::uint16_t port, const std::string& target, const std::string& host) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request =
        "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0)
      ADD_FAILURE() << "port " << port << ": " << std::strerror(errno);
    char piece[65536];
    for (ssize_t n; (n = ::recv(fd, piece, sizeof piece, 0)) > 0;)
      answer.append(piece, static_cast<std::size_t>(n));
  }
  ::close(fd);
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos) {
    ADD_FAILURE() << "no answer from port " << port;
    return {};
  }
  return answer.substr(body + 4);
}

}  // namespace

std::string LocalStore::admin(const std::string& path) const {
  return body_of_get(server_->admin_port(), path, "127.0.0.1");
}

std::string LocalStore::fetch(const std::string& url) const {
  const std::string rest = url.substr(url.find("://") + 3);
  const auto slash = rest.find('/');
  return body_of_get(server_->port(), rest.substr(slash), rest.substr(0, slash));
}

std::uint64_t LocalStore::parts_sent_again() const {
  const simdjson::padded_string text(admin("/counters"));
  simdjson::dom::parser parser;
  std::uint64_t again = 0;
  for (const auto part : parser.parse(text)["parts"].get_array())
    again += part["after_acknowledged"].get_uint64().value();
  return again;
}

std::uint64_t LocalStore::connections() const {
  const simdjson::padded_string text(admin("/counters"));
  simdjson::dom::parser parser;
  return parser.parse(text)["connections"].get_uint64().value();
}

std::string LocalStore::settled_counters() const {
  std::string text;
  for (int look = 0; look < 1000; ++look) {
    text = admin("/counters");
    const simdjson::padded_string json(text);
    simdjson::dom::parser parser;
    const simdjson::dom::element all = parser.parse(json);
    std::uint64_t ended = 0;
    for (const auto [dialect, operations] : all["dialects"].get_object())
      for (const auto [operation, tally] : operations.get_object()) ended += tally["requests"].get_uint64().value();
    if (ended == all["requests"].get_uint64().value()) break;
  }
  return text;
}

std::uint64_t LocalStore::requests(const std::string& dialect, const std::string& operation) const {
  const simdjson::padded_string text(settled_counters());
  simdjson::dom::parser parser;
  std::uint64_t count = 0;
  if (parser.parse(text)["dialects"][dialect][operation]["requests"].get(count)) return 0;
  return count;
}

std::map<std::string, std::uint64_t> LocalStore::requests() const {
  const simdjson::padded_string text(settled_counters());
  simdjson::dom::parser parser;
  std::map<std::string, std::uint64_t> counts;
  for (const auto [dialect, operations] : parser.parse(text)["dialects"].get_object())
    for (const auto [operation, tally] : operations.get_object())
      counts[std::string(dialect) + " " + std::string(operation)] = tally["requests"].get_uint64().value();
  return counts;
}

std::uint64_t LocalStore::pending_uploads() const {
  const simdjson::padded_string text(admin("/uploads"));
  simdjson::dom::parser parser;
  return parser.parse(text)["uploads"].get_array().size();
}

void LocalStore::reset_counters() const {
  (void)settled_counters();  // what ends later is none of what follows
  admin("/counters/reset");
}

ClientOptions client_options(const TempDir& dir) {
  ClientOptions options;
  options.state_dir = dir.path("state");
  return options;
}

StoreOptions store_options(const LocalStore& local, const DialectUnderTest& d) {
  StoreOptions options;
  options.scheme = d.scheme;
  options.endpoint = local.endpoint();
  options.region = d.scheme == "qs" ? "" : "local-1";
  options.credentials.access_key = LocalStore::kAccessKey;
  options.credentials.secret_key = LocalStore::kSecretKey;
  return options;
}

Place::Place(LocalStoreOptions local_options, std::function<void(ClientOptions&)> change)
    : local(std::move(local_options)), options(client_options(dir)) {
  options.ca_file = local.ca_file();
  if (change) change(options);
  reopen();
  for (const DialectUnderTest& d : kDialects) {
    Store made = store(d);
    must(made.create_bucket(d.bucket), "create bucket: ");
  }
}

void Place::reopen() {
  client.reset();
  client = std::make_unique<Client>(must(Client::open(options)));
}

Store Place::store(const DialectUnderTest& d) {
  return must(client->store(store_options(local, d)));
}

}  // namespace sluice::transfers
