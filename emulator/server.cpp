// See server.h: puts storage, accounts, faults, service and network together.
#include "emulator/server.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "emulator/admin.h"
#include "emulator/connection.h"
#include "emulator/listener.h"

namespace sluice::emulator {

namespace {

std::chrono::sys_time<std::chrono::milliseconds> now_there(std::int64_t offset_seconds) {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
         std::chrono::seconds(offset_seconds);
}

}  // namespace

class Server::State {
 public:
  State(ServerOptions given, std::unique_ptr<Storage> stored, Accounts known, Faults faults, unsigned threads)
      : options(std::move(given)),
        storage(std::move(stored)),
        accounts(std::move(known)),
        service(service_options(), *storage, accounts, std::move(faults)),
        network(threads, std::chrono::seconds(std::max(1u, options.idle_seconds))) {}
  ~State() { network.stop(); }

  Service::Options service_options() const {
    Service::Options made;
    made.fallback = find_dialect(options.default_dialect);
    for (const auto& [dialect, region] : options.regions) made.regions[dialect] = region;
    made.now = [offset = options.clock_offset_seconds] { return now_there(offset); };
    return made;
  }

  Result<std::uint16_t> listen(std::uint16_t port, const Dialect* pinned) {
    const bool tls = !options.tls_certificate.empty();
    return network.listen(options.address, port, tls,
                          [this, pinned](Stream& stream) -> Task<> { return converse(stream, pinned); });
  }
  Task<> converse(Stream& stream, const Dialect* pinned) {
    Connection connection(stream, service, pinned);
    co_await connection.serve();
  }

  ServerOptions options;
  std::unique_ptr<Storage> storage;
  Accounts accounts;
  Service service;
  Network network;
  std::uint16_t port = 0, admin_port = 0;
  std::vector<std::pair<std::string, std::uint16_t>> listener_ports;
};

namespace {

Result<void> check(const ServerOptions& options) {
  const std::string known = "the dialects are s3, oss, cos, tos and qs";
  if (options.root.empty())
    return fail(ErrorKind::argument, "a directory for the store is needed", "--root DIR");
  if (!find_dialect(options.default_dialect)) {
    return fail(ErrorKind::argument, "unknown dialect \"" + options.default_dialect + "\"", known);
  }
  for (const auto& [dialect, port] : options.listeners) {
    if (!find_dialect(dialect))
      return fail(ErrorKind::argument, "unknown dialect \"" + dialect + "\"", known);
  }
  for (const auto& [dialect, region] : options.regions) {
    if (!find_dialect(dialect))
      return fail(ErrorKind::argument, "unknown dialect \"" + dialect + "\"", known);
  }
  if (options.access_key.empty() != options.secret_key.empty()) {
    return fail(ErrorKind::argument, "an access key and a secret key come together");
  }
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return fail(ErrorKind::argument, "a certificate and its key come together");
  }
  return {};
}

Result<Accounts> open_accounts(const ServerOptions& options) {
  if (!options.keys_file.empty()) return Accounts::load(options.keys_file);
  if (!options.access_key.empty()) return Accounts::single(options.access_key, options.secret_key);
  return Accounts::make(options.root + "/keys");
}

unsigned thread_count(unsigned asked) {
  if (asked > 0) return std::min(asked, 256u);
  return std::max(2u, std::thread::hardware_concurrency());
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  if (auto checked = check(options); !checked) return unexpected(checked.error());
  StorageOptions stored;
  stored.root = options.root;
  stored.now_ms = [offset = options.clock_offset_seconds] {
    return now_there(offset).time_since_epoch().count();
  };
  auto storage = Storage::open(std::move(stored));
  if (!storage) {
    const bool locked = storage.error().code == StorageCode::locked;
    Error error = make_error(locked ? ErrorKind::state : ErrorKind::disk, storage.error().message,
                             locked ? "end the other process, or give another --root" : "give another --root");
    if (storage.error().code == StorageCode::disk)
      error.system_error = static_cast<int>(storage.error().number);
    return unexpected(std::move(error));
  }
  auto accounts = open_accounts(options);
  if (!accounts) return unexpected(accounts.error());
  Faults faults;
  if (!options.faults_file.empty()) {
    auto loaded = Faults::load(options.faults_file);
    if (!loaded) return unexpected(loaded.error());
    faults = std::move(*loaded);
  }
  const unsigned threads = thread_count(options.threads);
  auto state = std::make_unique<State>(std::move(options), std::move(*storage), std::move(*accounts),
                                       std::move(faults), threads);
  const ServerOptions& o = state->options;
  if (!o.tls_certificate.empty()) {
    if (auto ready = state->network.use_tls(o.tls_certificate, o.tls_key); !ready)
      return unexpected(ready.error());
  }
  auto port = state->listen(o.port, nullptr);
  if (!port) return unexpected(port.error());
  state->port = *port;
  for (const auto& [dialect, wanted] : o.listeners) {
    auto got = state->listen(wanted, find_dialect(dialect));
    if (!got) return unexpected(got.error());
    state->listener_ports.emplace_back(dialect, *got);
  }
  if (o.admin) {
    auto got = state->network.listen(o.address, o.admin_port, false, [s = state.get()](Stream& stream) {
      return serve_admin(stream, s->service);
    });
    if (!got) return unexpected(got.error());
    state->admin_port = *got;
  }
  state->network.start();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

std::uint16_t Server::port() const {
  return state_->port;
}
std::uint16_t Server::admin_port() const {
  return state_->admin_port;
}
std::uint16_t Server::listener_port(const std::string& dialect) const {
  for (const auto& [name, port] : state_->listener_ports) {
    if (name == dialect) return port;
  }
  return 0;
}
std::string Server::keys_path() const {
  return state_->accounts.path();
}
std::string Server::access_key() const {
  return state_->accounts.first().credentials.access_key;
}
std::string Server::secret_key() const {
  return state_->accounts.first().credentials.secret_key;
}
std::vector<std::string> Server::warnings() const {
  return state_->accounts.warnings();
}
void Server::stop() {
  state_->network.stop();
}
void Server::wait() {
  state_->network.wait();
}

}  // namespace sluice::emulator
