// CurlTransfer: one request on one easy handle; what curl's callbacks and the loop both touch.
//
// Pooled by CurlMulti and never freed before it, so that a Resume* which a source or sink still holds
// stays harmless. Loop thread only. The Request and Exchange given to prepare() must live until the
// outcome has been taken.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/allowance.h"
#include "io/curl_loop.h"
#include "scheduler/loop.h"

namespace sluice::io {

class CurlMulti;
class Peers;

class CurlTransfer final : public Resume {
 public:
  explicit CurlTransfer(CurlMulti& multi);
  ~CurlTransfer() override;
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Sets the handle up for `request`. An error: it must not be sent.
  Result<void> prepare(const Request& request, const Exchange& exchange);
  /// Ends it with what curl said, or with what we say. The first failure stays.
  void end(int curl_code);
  void end(Error error);
  Result<Response> take();

  void resume() override;
  /// resume(), for real: outside curl's callbacks. False: it has failed on the way.
  bool unpause();

  /// Looks at the bytes moved since the last look: true when it has been slower than allowed for the
  /// whole stall timeout. Time in which we ourselves pause, or in which it connects, does not count.
  bool has_stalled(scheduler::Clock::time_point now, scheduler::Clock::duration since_last_look);
  /// How it went, if that tells something of others.
  void tell_peers() const;
  const Peers& peers() const { return *peers_; }

  void* easy() const { return easy_; }
  bool active = false;              ///< added to the multi handle
  std::uint64_t generation = 0;     ///< which use of this object
  std::coroutine_handle<> waiting;  ///< who is resumed at the end

 private:
  struct Callbacks;
  struct Head;

  Result<void> set_head(const Request& request);
  Result<void> set_body(const Request& request, const Exchange& exchange);
  void set_connection(const Request& request);
  long receive_buffer_for(const Request& request, const Exchange& exchange) const;
  Result<void> read_small(std::size_t size);
  std::size_t read_body(char* into, std::size_t room);
  std::size_t read_on(char* into, std::size_t wanted);
  bool on_header(std::string_view line);
  bool on_end_of_head();
  Steps steps_so_far() const;
  void make_room();
  bool may_receive(std::uint64_t bytes);
  std::size_t on_body(std::string_view data);
  bool may_send();
  bool go_back_to_start();
  Error error_of(int curl_code) const;

  CurlMulti& multi_;
  void* easy_;
  std::unique_ptr<Head> head_;  // header lines in curl's form
  BodySource* source_ = nullptr;
  BodySink* sink_ = nullptr;
  std::string small_;  // what was read ahead of `source_`
  std::size_t small_sent_ = 0;
  bool sent_ = false, only_once_ = false;
  std::uint64_t consumed_ = 0;  // bytes given to curl in this attempt
  std::uint64_t size_ = 0;      // bytes to give

  Response response_;
  std::size_t head_bytes_ = 0;
  bool head_done_ = false;
  bool cut_ = false;  // an error body above the cap: the rest is not wanted
  std::optional<Error> failure_;
  bool paused_ = false;
  Allowance up_, down_;
  std::string where_;  // host:port, for messages
  char message_[256];  // CURL_ERROR_SIZE

  bool lags(scheduler::Clock::time_point now, std::int64_t received);

  std::int64_t moved_ = 0, received_ = 0;
  scheduler::Clock::time_point slow_since_, silent_since_;
  std::optional<std::uint64_t> expects_;
  bool* lagged_ = nullptr;
  Steps* steps_ = nullptr;
  Peers* peers_ = nullptr;  // from the same server
};

}  // namespace sluice::io
