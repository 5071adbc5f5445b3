// CannedServer: answers every request head on loopback with the same few bytes, so that what is measured is
// the client. One thread; port from the system. It takes no request bodies.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::bench {

class CannedServer {
 public:
  explicit CannedServer(std::string answer) : answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 128) != 0 ||
        ::getsockname(listener, generic, &size) != 0 || ::pipe(stop_) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, listener] { serve(listener); });
  }
  ~CannedServer() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
  }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve(int listener) {
    std::vector<pollfd> watched = {{stop_[0], POLLIN, 0}, {listener, POLLIN, 0}};
    std::vector<std::string> heads(watched.size());  // as far as they have come
    while (::poll(watched.data(), watched.size(), -1) > 0 && !watched[0].revents) {
      for (std::size_t i = 2; i < watched.size(); ++i)
        if (watched[i].revents && !read_some(watched[i].fd, heads[i])) {
          ::close(watched[i].fd);
          watched[i].fd = -1;  // poll passes over it
        }
      if (watched[1].revents) {
        watched.push_back({::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
        heads.emplace_back();
      }
    }
    for (std::size_t i = 1; i < watched.size(); ++i)
      if (watched[i].fd >= 0) ::close(watched[i].fd);
  }

  /// False: the client has left.
  bool read_some(int fd, std::string& head) const {
    char piece[4096];
    const auto count = ::recv(fd, piece, sizeof piece, 0);
    if (count <= 0) return false;
    head.append(piece, static_cast<std::size_t>(count));
    for (std::size_t end; (end = head.find("\r\n\r\n")) != std::string::npos; head.erase(0, end + 4))
      if (::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) return false;
    return true;
  }

  const std::string answer_;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace sluice::bench
