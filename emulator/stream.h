// Stream: one accepted connection's bytes, plain or TLS, for coroutines.
//
// One coroutine uses a stream at a time; it may continue on another thread after every await. Only
// interrupt() may be called from any thread, while the stream lives. A plain socket is tried first
// and waited for only when it has nothing: data that is there costs one system call.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "scheduler/task.h"

namespace sluice::emulator {

template <class T = void>
using Task = scheduler::Task<T>;

class Stream {
 public:
  virtual ~Stream() = default;
  /// False: the client does not speak TLS as we do.
  virtual Task<bool> handshake() = 0;
  /// Count, 0 at the end of the stream, -1 when the connection is lost.
  virtual Task<std::ptrdiff_t> read(std::span<char> into) = 0;
  /// False: the connection is lost.
  virtual Task<bool> write(std::string_view first, std::string_view second = {}) = 0;
  /// Returns early, with false, when the client leaves or interrupt() is called.
  virtual Task<bool> pause(std::chrono::milliseconds) = 0;
  /// The client has closed its side or broken the connection.
  virtual bool client_left() const = 0;
  /// Ends our side; the client may still be sending.
  virtual void finish_sending() = 0;
  /// Close will answer RST, not FIN.
  virtual void reset_on_close() = 0;
  /// Seconds of the steady clock when something last moved. Any thread.
  std::int64_t last_moved() const { return moved_.load(std::memory_order_relaxed); }
  /// Makes every waiting and later call fail. Any thread.
  virtual void interrupt() = 0;

 protected:
  void moved() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    moved_.store(std::chrono::duration_cast<std::chrono::seconds>(now).count(), std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> moved_{0};
};

}  // namespace sluice::emulator
