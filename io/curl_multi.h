// CurlMulti: a curl multi handle over an epoll set of its own.
//
// One descriptor becomes readable whenever any connection needs attention, so that the event loop
// above waits on that one only; a socket stays registered while its connection idles. Loop thread
// only, but for the counters. Coroutines are resumed by on_ready(), on_timer() and the like, never
// from within a callback of curl.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/allowance.h"
#include "io/curl_loop.h"
#include "io/curl_sockets.h"
#include "io/curl_transfer.h"
#include "io/peers.h"

namespace sluice::io {

class CurlMulti {
 public:
  struct Hooks {
    /// Call on_timer() after this long; empty: not any more. Replaces the earlier wish.
    std::function<void(std::optional<std::chrono::milliseconds>)> arm;
    std::function<void(std::function<void()>)> post;
    HeldBack::After after;
  };

  static Result<std::unique_ptr<CurlMulti>> create(CurlLoopOptions options, Hooks hooks);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Readable when on_ready() should be called.
  int descriptor() const { return sockets_.descriptor(); }
  void on_ready();
  void on_timer();

  CurlTransfer* acquire();
  void release(CurlTransfer* transfer);
  /// False: not started, the transfer holds the error.
  bool add(CurlTransfer* transfer);
  /// Ends a running transfer early, if it is still in the same use.
  void abort(CurlTransfer* transfer, std::uint64_t generation, Error error);
  /// To be called every look_interval() while busy().
  void end_stalled();
  std::chrono::milliseconds look_interval() const;
  bool busy() const { return active_ > 0; }

  void resume_later(CurlTransfer* transfer);
  const CurlLoopOptions& options() const { return options_; }
  CurlSockets& sockets() { return sockets_; }
  /// Who waits for a turn to send or to receive; null: there are no limits.
  HeldBack* up() { return up_ ? &*up_ : nullptr; }
  HeldBack* down() { return down_ ? &*down_ : nullptr; }
  void* resolve_list() const { return resolve_; }
  CurlLoopCounters counters() const;
  Peers& peers(const std::string& server) { return peers_[server]; }
  void count_moved(std::size_t bytes) { moved_ += bytes; }
  /// How long answers take to begin; 0 while none has.
  scheduler::Clock::duration first_byte() const { return first_byte_; }
  /// Of the loop's first answer: the time to its first byte, and what of it came after the request was sent.
  void first_answer(scheduler::Clock::duration first_byte, scheduler::Clock::duration waited) {
    first_byte_ = first_byte;
    first_wait_ = waited;
  }
  /// What a request that begins now may have, so that all together stay within the options' sum.
  std::size_t buffer() const;

 private:
  struct Callbacks;

  CurlMulti(CurlLoopOptions options, Hooks hooks);
  void really_add(CurlTransfer* transfer);
  void remove(CurlTransfer* transfer);
  void settle();
  void tell_flow();

  const CurlLoopOptions options_;
  const Hooks hooks_;
  CurlSockets sockets_;
  std::optional<HeldBack> up_, down_;
  void* multi_ = nullptr;
  void* resolve_ = nullptr;  // curl_slist, for every handle
  bool in_curl_ = false;     // a callback may be running: handles cannot be added
  unsigned active_ = 0;
  scheduler::Clock::time_point last_look_;
  std::unordered_map<std::string, Peers> peers_;
  scheduler::Clock::duration first_byte_{};
  std::optional<scheduler::Clock::duration> first_wait_;  // until the flow is told
  std::uint64_t moved_ = 0, answers_ = 0;  // since the flow was told
  std::vector<std::unique_ptr<CurlTransfer>> all_;
  std::vector<CurlTransfer*> free_;
  std::vector<CurlTransfer*> to_add_;
  std::vector<CurlTransfer*> done_;
  std::atomic<std::uint64_t> requests_{0}, connections_{0};
};

}  // namespace sluice::io
