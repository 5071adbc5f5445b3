// Server: `sluice serve`, a local object store that speaks five dialects on one port.
//
// start() binds, opens the store and answers at once; a few threads of its own serve every listener.
// Any thread may call stop() or wait(). Usable in-process by tests: bind port 0 and ask port().
//
// The keys file (--keys) is JSON, readable by its owner alone (anything wider is noted in warnings()):
//
//   {"users": [
//     {"name": "alice", "access_key": "AKIA...", "secret_key": "..."},
//     {"name": "ci", "access_key": "STS...", "secret_key": "...",
//      "token": "...", "expires": "2030-01-02T03:04:05Z"}]}
//
// `name`, `token` and `expires` may be left out. An access key with a token is temporary: requests
// must carry the token, and are refused as expired after `expires`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sluice/result.h"

namespace sluice::emulator {

struct ServerOptions {
  std::string root;                   ///< the store's directory; made when missing
  std::string address = "127.0.0.1";  ///< listens here only
  std::uint16_t port = 0;             ///< 0 = the system chooses
  /// Further ports that speak one dialect alone ("s3", "oss", "cos", "tos", "qs"); port 0 is chosen.
  std::vector<std::pair<std::string, std::uint16_t>> listeners;
  std::string default_dialect = "s3";  ///< of requests that nothing else gives a dialect
  std::string keys_file;               ///< accounts; see above
  std::string access_key, secret_key;  ///< one throw-away account
  /// With neither, a random pair is made and kept in ROOT/keys (0600): see Server::keys_path().
  bool admin = false;                    ///< open the admin port: /counters, /counters/reset, /uploads
  std::uint16_t admin_port = 0;          ///< 0 = the system chooses
  std::string faults_file;               ///< faults.h
  std::string tls_certificate, tls_key;  ///< PEM files; with both, every listener but admin speaks TLS
  unsigned threads = 0;                  ///< 0 = one a core, at least 2
  unsigned idle_seconds = 120;           ///< a connection on which nothing moves for so long is closed
  /// The region that scopes must name, for each dialect; a dialect that is absent takes any region.
  std::vector<std::pair<std::string, std::string>> regions;
  /// Added to the clock, so that tests can be early or late.
  std::int64_t clock_offset_seconds = 0;
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> start(ServerOptions options);
  ~Server();  ///< stops

  std::uint16_t port() const;
  std::uint16_t admin_port() const;                               ///< 0 when there is none
  std::uint16_t listener_port(const std::string& dialect) const;  ///< of a --listen; 0 when there is none
  std::string keys_path() const;   ///< the file that holds the accounts; empty for a throw-away account
  std::string access_key() const;  ///< of the first account
  std::string secret_key() const;
  std::vector<std::string> warnings() const;  ///< for the command to print

  void stop();  ///< closes every connection; returns when the threads have ended
  void wait();  ///< returns when stopped

  class State;

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::emulator
