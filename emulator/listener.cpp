// See listener.h. The one file of the emulator that uses Asio's sockets.
//
// One io_context is shared by all threads: storage calls block for moments, and another thread then
// takes what is ready. A coroutine has at most one operation under way, so no strand is needed.
#include "emulator/listener.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

namespace sluice::emulator {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Suspends, hands a callback to `Start`, resumes when it is called. The frame may be gone as soon as
/// `start_` has begun the operation: nothing is touched after it.
template <class Start>
class Await {
 public:
  explicit Await(Start start) : start_(std::move(start)) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    start_([this, waiting](error_code error, std::size_t count = 0) {
      error_ = error;
      count_ = count;
      waiting.resume();
    });
  }
  std::pair<error_code, std::size_t> await_resume() const { return {error_, count_}; }

 private:
  Start start_;
  error_code error_;
  std::size_t count_ = 0;
};

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

class Socket : public Stream {
 public:
  explicit Socket(tcp::socket socket) : socket_(std::move(socket)) {
    moved();
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  Task<bool> handshake() override { co_return true; }

  Task<std::ptrdiff_t> read(std::span<char> into) override {
    if (in_turn_ > kTurn) co_await let_others();
    for (;;) {
      const ssize_t count = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
      moved();
      if (count > 0) in_turn_ += static_cast<std::size_t>(count);
      if (count >= 0) co_return count;
      if (!would_block()) co_return -1;
      const bool ready = co_await wait(tcp::socket::wait_read);
      if (!ready) co_return -1;
    }
  }

  Task<bool> write(std::string_view first, std::string_view second) override {
    if (in_turn_ > kTurn) co_await let_others();
    in_turn_ += first.size() + second.size();
    iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                      {const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    while (parts[0].iov_len + parts[1].iov_len > 0) {
      const ssize_t count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
      moved();
      if (count < 0) {
        if (!would_block()) co_return false;
        const bool ready = co_await wait(tcp::socket::wait_write);
        if (!ready) co_return false;
        continue;
      }
      auto sent = static_cast<std::size_t>(count);
      for (iovec& part : parts) {
        const std::size_t mine = std::min(sent, part.iov_len);
        part.iov_base = static_cast<char*>(part.iov_base) + mine;
        part.iov_len -= mine;
        sent -= mine;
      }
    }
    co_return true;
  }

  Task<bool> pause(std::chrono::milliseconds time) override {
    // In slices, so that a client that leaves or a server that stops ends it; no second operation
    // is under way, which keeps the stream free of locks.
    constexpr std::chrono::milliseconds kSlice{50};
    asio::steady_timer timer(socket_.get_executor());
    while (time.count() > 0) {
      timer.expires_after(std::min(time, kSlice));
      time -= std::min(time, kSlice);
      auto start = [&timer](auto done) { timer.async_wait(std::move(done)); };
      co_await Await<decltype(start)>(start);
      moved();
      if (client_left()) co_return false;
    }
    co_return true;
  }

  bool client_left() const override {
    pollfd probe{const_cast<tcp::socket&>(socket_).native_handle(), POLLRDHUP, 0};
    ::poll(&probe, 1, 0);
    return (probe.revents & (POLLHUP | POLLERR | POLLRDHUP)) != 0;
  }

  void finish_sending() override { ::shutdown(socket_.native_handle(), SHUT_WR); }

  void reset_on_close() override {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }

  void interrupt() override { ::shutdown(socket_.native_handle(), SHUT_RDWR); }

 protected:
  // A body that never makes us wait would keep its thread to the end.
  static constexpr std::size_t kTurn = 4 << 20;

  Task<> let_others() {
    in_turn_ = 0;
    auto start = [this](auto done) {
      asio::post(socket_.get_executor(), [done]() mutable { done(error_code()); });
    };
    co_await Await<decltype(start)>(start);
  }

  Task<bool> wait(tcp::socket::wait_type what) {
    in_turn_ = 0;
    auto start = [this, what](auto done) { socket_.async_wait(what, std::move(done)); };
    const auto outcome = co_await Await<decltype(start)>(start);
    co_return !outcome.first;
  }

  tcp::socket socket_;
  std::size_t in_turn_ = 0;  // bytes moved since the thread last served somebody else
};

class TlsSocket : public Socket {
 public:
  TlsSocket(tcp::socket socket, asio::ssl::context& context)
      : Socket(std::move(socket)), tls_(socket_, context) {}

  Task<bool> handshake() override {
    auto start = [this](auto done) {
      tls_.async_handshake(asio::ssl::stream_base::server, [done](error_code e) mutable { done(e); });
    };
    const auto outcome = co_await Await<decltype(start)>(start);
    co_return !outcome.first;
  }

  Task<std::ptrdiff_t> read(std::span<char> into) override {
    auto start = [this, into](auto done) {
      tls_.async_read_some(asio::buffer(into.data(), into.size()), std::move(done));
    };
    const auto outcome = co_await Await<decltype(start)>(start);
    moved();
    if (outcome.first == asio::error::eof || outcome.first == asio::ssl::error::stream_truncated) co_return 0;
    co_return outcome.first ? -1 : static_cast<std::ptrdiff_t>(outcome.second);
  }

  Task<bool> write(std::string_view first, std::string_view second) override {
    for (std::string_view piece : {first, second}) {
      while (!piece.empty()) {
        auto start = [this, piece](auto done) {
          tls_.async_write_some(asio::buffer(piece.data(), piece.size()), std::move(done));
        };
        const auto outcome = co_await Await<decltype(start)>(start);
        moved();
        if (outcome.first) co_return false;
        piece.remove_prefix(outcome.second);
      }
    }
    co_return true;
  }

 private:
  asio::ssl::stream<tcp::socket&> tls_;
};

}  // namespace

class Network::State : public std::enable_shared_from_this<Network::State> {
 public:
  State(unsigned count, std::chrono::seconds limit)
      : threads_wanted(count), idle(limit), context(static_cast<int>(count)), sweeper(context) {}

  struct Listener {
    tcp::acceptor acceptor;
    bool tls;
    Serve serve;
  };

  void accept(Listener& listener) {
    std::lock_guard lock(mutex);  // stop() closes under it: an acceptor is not for two threads at once
    if (stopping) return;
    listener.acceptor.async_accept([this, &listener](error_code error, tcp::socket socket) {
      if (stopping) return;
      if (!error) begin(listener, std::move(socket));
      // Out of descriptors: the next wait would fail at once and spin; a moment lets some close.
      if (error) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      accept(listener);
    });
  }

  void begin(Listener& listener, tcp::socket socket) {
    std::shared_ptr<Stream> stream;
    if (listener.tls) {
      stream = std::make_shared<TlsSocket>(std::move(socket), *tls);
    } else {
      stream = std::make_shared<Socket>(std::move(socket));
    }
    {
      std::lock_guard lock(mutex);
      if (stopping) return;
      streams.insert(stream.get());
    }
    scheduler::start(run(listener.serve, stream), [stream] {});
  }

  Task<> run(Serve serve, std::shared_ptr<Stream> stream) {
    const bool speaks = co_await stream->handshake();
    if (speaks) co_await serve(*stream);
    // Taken off the list before the descriptor closes: interrupt() never meets a stranger's.
    std::lock_guard lock(mutex);
    streams.erase(stream.get());
  }

  void sweep() {
    std::lock_guard arming(mutex);  // stop() cancels under it: no timer is set behind its back
    if (stopping) return;
    sweeper.expires_after(std::max<std::chrono::milliseconds>(std::chrono::milliseconds(250), idle / 4));
    sweeper.async_wait([this](error_code error) {
      if (error) return;
      const auto now = std::chrono::steady_clock::now().time_since_epoch();
      const auto oldest = std::chrono::duration_cast<std::chrono::seconds>(now - idle).count();
      {
        std::lock_guard lock(mutex);
        for (Stream* stream : streams) {
          if (stream->last_moved() < oldest) stream->interrupt();
        }
      }
      sweep();
    });
  }

  const unsigned threads_wanted;
  const std::chrono::seconds idle;
  asio::io_context context;
  asio::steady_timer sweeper;
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable ended;
  bool joined = false;
  std::atomic<bool> stopping{false};
  std::unordered_set<Stream*> streams;
};

Network::Network(unsigned threads, std::chrono::seconds idle)
    : state_(std::make_shared<State>(threads, idle)) {}
Network::~Network() {
  stop();
}

Result<void> Network::use_tls(const std::string& certificate, const std::string& key) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code error;
  context->use_certificate_chain_file(certificate, error);
  if (error) return fail(ErrorKind::config, certificate + ": " + error.message(), "give a PEM certificate");
  context->use_private_key_file(key, asio::ssl::context::pem, error);
  if (error) return fail(ErrorKind::config, key + ": " + error.message(), "give the certificate's PEM key");
  state_->tls = std::move(context);
  return {};
}

Result<std::uint16_t> Network::listen(const std::string& address, std::uint16_t port, bool tls, Serve serve) {
  const std::string where = address + ":" + std::to_string(port);
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(ErrorKind::argument, "not an IP address: " + address);
  tcp::acceptor acceptor(state_->context);
  const tcp::endpoint endpoint(ip, port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(ErrorKind::network, "cannot listen on " + where + ": " + error.message(),
                "choose another port, or 0 for a free one");
  }
  const std::uint16_t got = acceptor.local_endpoint(error).port();
  auto listener =
      std::make_unique<State::Listener>(State::Listener{std::move(acceptor), tls, std::move(serve)});
  state_->listeners.push_back(std::move(listener));
  return got;
}

void Network::start() {
  state_->guard.emplace(state_->context.get_executor());
  for (auto& listener : state_->listeners) state_->accept(*listener);
  state_->sweep();
  for (unsigned i = 0; i < state_->threads_wanted; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->context.run(); });
  }
}

void Network::stop() {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping.exchange(true)) return;
    for (Stream* stream : state_->streams) stream->interrupt();
  }
  // Without threads nobody would run it, and the context would keep the state that holds the context.
  if (!state_->threads.empty())
    asio::post(state_->context, [state = state_] {
      std::lock_guard lock(state->mutex);
      for (auto& listener : state->listeners) {
        error_code ignored;
        listener->acceptor.close(ignored);
      }
      state->sweeper.cancel();
    });
  if (state_->guard) state_->guard->reset();
  for (auto& thread : state_->threads) thread.join();
  std::lock_guard lock(state_->mutex);
  state_->joined = true;
  state_->ended.notify_all();
}

void Network::wait() {
  std::unique_lock lock(state_->mutex);
  state_->ended.wait(lock, [this] { return state_->joined; });
}

bool Network::stopping() const {
  return state_->stopping;
}

}  // namespace sluice::emulator
