// Events, timers and connections: loop.h.
#include "bench/sink/loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "bench/sink/text.h"

namespace sink {

using State = Connection::State;

std::uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000ull + static_cast<std::uint64_t>(now.tv_nsec);
}

Loop::Loop(Shared& shared, int number, int listener)
    : shared_(shared),
      number_(number),
      listener_(listener),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(256 * 1024) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // the listening socket
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
}

void Loop::run() {
  while (true) {
    wait();
    run_timers();
  }
}

void Loop::wait() {
  epoll_event events[256];
  timespec time{}, *until_timer = nullptr;
  if (!timers_.empty()) {
    const std::uint64_t now = now_ns(), at = timers_.top().at, left = at > now ? at - now : 0;
    time.tv_sec = static_cast<std::time_t>(left / 1'000'000'000);
    time.tv_nsec = static_cast<long>(left % 1'000'000'000);
    until_timer = &time;
  }
  const int count = epoll_pwait2(epoll_, events, 256, until_timer, nullptr);
  for (int i = 0; i < count; ++i) {
    auto* connection = static_cast<Connection*>(events[i].data.ptr);
    if (connection)
      on_event(*connection, events[i].events);
    else
      accept_all();
  }
}

void Loop::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    open(fd);
  }
}

void Loop::open(int fd) {
  if (unused_.empty()) unused_.push_back(new Connection);  // never freed: it comes back to unused_
  Connection& c = *unused_.back();
  unused_.pop_back();
  c.fd = fd;
  c.state = State::head;
  c.in.clear();
  c.in_at = 0;
  c.out.clear();
  c.out_at = 0;
  c.tokens = 0;
  c.tokens_at = now_ns();
  c.share = 0;
  c.timer_set = c.busy = c.tls_wants_write = false;
  if (shared_.tls) {
    c.tls = SSL_new(shared_.tls);
    SSL_set_fd(c.tls, fd);
    SSL_set_accept_state(c.tls);
  }
  const std::uint64_t seed = shared_.knobs.seed, number = shared_.knobs.connections++;
  const auto one_in = static_cast<std::uint64_t>(shared_.knobs.stall_conns);
  c.pauses = one_in > 0 && (number + seed) % one_in == 0;

  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  epoll_event event{};
  event.events = c.interest = EPOLLIN;
  event.data.ptr = &c;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  shared_.counters.opened();
}

void Loop::close(Connection& c, bool with_reset) {
  if (c.fd < 0) return;
  if (with_reset) {
    const linger at_once{1, 0};
    setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  SSL_free(c.tls);
  c.tls = nullptr;
  ::close(c.fd);
  c.fd = -1;
  c.body = {};
  if (c.answer.file >= 0) ::close(c.answer.file);
  c.answer = {};
  ++c.generation;
  shared_.counters.closed();
  unused_.push_back(&c);
}

void Loop::want(Connection& c, std::uint32_t events) {
  if (c.tls && c.tls_wants_write) events |= EPOLLOUT;
  if (c.interest == events) return;
  epoll_event event{};
  event.events = c.interest = events;
  event.data.ptr = &c;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &event);
}

void Loop::after(Connection& c, std::uint64_t ns) {
  timers_.push({now_ns() + ns, &c, c.generation});
  c.timer_set = true;
}

void Loop::on_event(Connection& c, std::uint32_t events) {
  if (c.fd < 0) return;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    if (c.busy) shared_.counters.early_close.add();
    return close(c);
  }
  if (c.state == State::head || c.state == State::body) return receive(c);
  if (c.state == State::send) return send(c);
  if (c.state == State::stalled && (events & EPOLLIN) != 0) {
    const ssize_t got = read_bytes(c, buffer_.data(), buffer_.size());
    if (got == 0 || got == kBroken) close(c);
  }
}

void Loop::run_timers() {
  if (timers_.empty()) return;
  const std::uint64_t now = now_ns();
  while (!timers_.empty() && timers_.top().at <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    if (timer.connection->generation == timer.generation) on_timer(*timer.connection);
  }
}

void Loop::on_timer(Connection& c) {
  c.timer_set = false;
  if (c.state == State::paused) c.state = c.resumes;
  if (c.state == State::delay) c.state = State::send;
  if (c.state == State::send) return send(c);
  if (c.state != State::stalled) receive(c);
}

const std::string& Loop::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_at_) {
    date_at_ = now;
    date_ = http_date(now);
  }
  return date_;
}

}  // namespace sink
