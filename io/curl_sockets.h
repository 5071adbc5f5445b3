// CurlSockets: the epoll set of a curl multi handle, level-triggered.
//
// curl says what it wants of each socket. A connection that goes idle stays registered (two system
// calls less for each request on it) until something happens on it that nobody waits for. Loop
// thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace sluice::io {

class CurlSockets {
 public:
  enum Wish : unsigned { kNothing = 0, kRead = 1, kWrite = 2 };

  CurlSockets();
  ~CurlSockets();
  CurlSockets(const CurlSockets&) = delete;
  CurlSockets& operator=(const CurlSockets&) = delete;

  int descriptor() const { return epoll_; }  ///< -1: the system gave none

  void opened(int fd);  ///< a connection's socket, made just now
  void closing(int fd);
  void want(int fd, unsigned wishes);

  struct Event {
    int fd;
    bool readable, writable, failed;
  };
  /// What is ready now, without waiting; sockets that nobody waits for are dropped from the set.
  const std::vector<Event>& ready();

 private:
  struct Entry {
    unsigned wanted = 0;
    unsigned registered = 0;
    bool connection = false;  // we are told when it closes
  };
  Entry& entry(int fd);
  void enter(int fd, Entry& entry, unsigned wishes);
  void leave(int fd, Entry& entry);

  int epoll_;
  std::vector<Entry> entries_;  // by descriptor
  std::vector<Event> events_;
};

}  // namespace sluice::io
