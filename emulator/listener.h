// Network: the threads, the listening sockets and the streams of the local store. With stream.h, all
// that the rest of the emulator knows of Asio.
//
// open() and listen() come first, then start(). Every accepted connection runs as a coroutine on the
// network's threads; stop() interrupts them all, waits for their end and joins the threads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/stream.h"
#include "sluice/result.h"

namespace sluice::emulator {

class Network {
 public:
  /// Serves one connection to its end.
  using Serve = std::function<Task<>(Stream&)>;

  /// Connections on which nothing moves for `idle` are interrupted.
  Network(unsigned threads, std::chrono::seconds idle);
  ~Network();

  /// PEM files for listeners with tls.
  Result<void> use_tls(const std::string& certificate, const std::string& key);
  /// The port it got.
  Result<std::uint16_t> listen(const std::string& address, std::uint16_t port, bool tls, Serve serve);
  void start();
  void stop();
  void wait();  ///< until stopped
  bool stopping() const;

  class State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace sluice::emulator
