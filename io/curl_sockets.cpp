#include "io/curl_sockets.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::io {

CurlSockets::CurlSockets() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

CurlSockets::~CurlSockets() {
  if (epoll_ >= 0) ::close(epoll_);
}

CurlSockets::Entry& CurlSockets::entry(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= entries_.size()) entries_.resize(index + 64);
  return entries_[index];
}

void CurlSockets::opened(int fd) {
  Entry& e = entry(fd);
  e = Entry();
  e.connection = true;
}

void CurlSockets::closing(int fd) {
  entry(fd) = Entry();
}  // close() takes it out of the set

void CurlSockets::want(int fd, unsigned wishes) {
  Entry& e = entry(fd);
  e.wanted = wishes;
  if (wishes == kNothing) {
    // A connection stays in the set: it may be about to close, and its number to be somebody else's,
    // which close() settles by itself. ready() narrows what still wakes us.
    if (!e.connection) leave(fd, e);
    return;
  }
  if (e.registered != wishes) enter(fd, e, wishes);
}

void CurlSockets::enter(int fd, Entry& e, unsigned wishes) {
  epoll_event event{};
  event.events = (wishes & kRead ? EPOLLIN : 0u) | (wishes & kWrite ? EPOLLOUT : 0u);
  event.data.fd = fd;
  const int first = e.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (::epoll_ctl(epoll_, first, fd, &event) != 0 && (errno == ENOENT || errno == EEXIST))
    ::epoll_ctl(epoll_, first == EPOLL_CTL_MOD ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  e.registered = wishes;
}

void CurlSockets::leave(int fd, Entry& e) {
  epoll_event event{};
  if (e.registered) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &event);
  e.registered = 0;
}

const std::vector<CurlSockets::Event>& CurlSockets::ready() {
  epoll_event found[128];
  const int count = ::epoll_wait(epoll_, found, 128, 0);
  events_.clear();
  for (int i = 0; i < count; ++i) {
    const int fd = found[i].data.fd;
    Entry& e = entry(fd);
    if (e.wanted == kNothing) {
      // Writable is always true: an idle connection that was sending would wake us for ever.
      if (e.connection && (e.registered & kWrite)) {
        enter(fd, e, kRead);
      } else {
        leave(fd, e);
      }
      continue;
    }
    Event event;
    event.fd = fd;
    event.readable = found[i].events & EPOLLIN;
    event.writable = found[i].events & EPOLLOUT;
    event.failed = found[i].events & (EPOLLERR | EPOLLHUP);
    events_.push_back(event);
  }
  return events_;
}

}  // namespace sluice::io
