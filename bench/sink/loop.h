// An event loop: one thread, one epoll set, one listening socket of its own (SO_REUSEPORT), and the
// connections that came to it. It answers each request before it reads the next one.
//
//   loop.cpp      events, timers, connections
//   wire.cpp      bytes in and out, plain or TLS, and how fast they may pass
//   receive.cpp   heads and bodies of requests, and which fault a request gets
//   send.cpp      answers
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "bench/sink/connection.h"
#include "bench/sink/shared.h"

namespace sink {

std::uint64_t now_ns();

class Loop {
 public:
  /// Owns the listening socket from now on.
  Loop(Shared& shared, int number, int listener);
  [[noreturn]] void run();

  Shared& shared() { return shared_; }
  /// Of the answer's head; computed once a second.
  const std::string& date();

 private:
  struct Timer {
    std::uint64_t at;
    Connection* connection;
    std::uint32_t generation;
    bool operator<(const Timer& other) const { return at > other.at; }
  };
  static constexpr ssize_t kWouldBlock = -1, kBroken = -2;

  // loop.cpp
  void accept_all();
  void open(int fd);
  void close(Connection& c, bool with_reset = false);
  void want(Connection& c, std::uint32_t events);
  void after(Connection& c, std::uint64_t ns);
  void wait();
  void on_event(Connection& c, std::uint32_t events);
  void run_timers();
  void on_timer(Connection& c);

  // wire.cpp: bytes, 0 at the end, kWouldBlock or kBroken
  ssize_t read_bytes(Connection& c, char* into, std::size_t count);  ///< into null: discard
  ssize_t write_bytes(Connection& c, const char* bytes, std::size_t count, bool more);
  ssize_t send_file(Connection& c, int file, std::uint64_t offset, std::uint64_t count);
  std::uint64_t allowance(Connection& c, std::uint64_t count);  ///< 0: a timer is set; so below
  std::uint64_t under_cap(Connection& c, std::uint64_t count);
  std::uint64_t under_total(Connection& c, std::uint64_t count);
  void spend(Connection& c, std::uint64_t count);

  // receive.cpp
  void receive(Connection& c);
  bool receive_head(Connection& c, bool answered);
  void begin(Connection& c);
  void deal_faults(Connection& c);
  void prepare_body(Connection& c);
  bool receive_body(Connection& c, std::uint64_t& budget);
  ssize_t read_body(Connection& c);
  std::size_t consume_wire(Connection& c, const char* bytes, std::size_t count);
  void take_payload(Connection& c, const char* bytes, std::size_t count);
  double random();

  // send.cpp
  void answer(Connection& c);
  void send(Connection& c);
  bool send_head(Connection& c);
  bool send_body(Connection& c);
  ssize_t send_some(Connection& c, std::uint64_t count);
  void finish(Connection& c);
  bool cut_off(Connection& c, std::uint32_t events);

  Shared& shared_;
  int number_, listener_, epoll_;
  bool receiving_ = false;  ///< receive() is below on the stack and goes on by itself
  std::uint64_t random_state_ = 1, seeded_ = 0;
  std::priority_queue<Timer> timers_;
  std::vector<Connection*> unused_;
  std::vector<char> buffer_;
  std::time_t date_at_ = 0;
  std::string date_;
};

}  // namespace sink
