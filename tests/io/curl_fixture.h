// Sinks, sources and requests for the tests of CurlLoop.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <random>

#include "io/curl_loop.h"
#include "support/http_server.h"
#include "support/plain_loop.h"

namespace sluice::io::test {

using namespace std::chrono_literals;
using scheduler::Task;
using sluice::testing::HttpAnswer;
using sluice::testing::HttpRequest;
using sluice::testing::HttpServer;
using sluice::testing::HttpServerOptions;
using sluice::testing::run_to_end;
using End = HttpAnswer::End;

inline std::string random_bytes(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    const std::uint64_t word = random();
    std::copy_n(reinterpret_cast<const char*>(&word), 8, bytes.data() + i);
  }
  for (std::size_t i = size / 8 * 8; i < size; ++i) bytes[i] = static_cast<char>(random());
  return bytes;
}

/// Not ASSERT_EQ: a mismatch would print megabytes.
inline ::testing::AssertionResult same(const std::string& a, const std::string& b) {
  if (a == b) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "sizes " << a.size() << " and " << b.size() << ", different content";
}

class StringSink : public BodySink {
 public:
  Result<void> begin(const Response& head) override {
    ++begun;
    status = head.status;
    headers = head.headers;
    if (refuse) return unexpected(*refuse);
    return {};
  }
  Result<std::size_t> write(std::string_view data) override {
    if (fail_at && bytes.size() + data.size() > *fail_at) return fail(ErrorKind::disk, "the disk is full");
    if (pause_every && ++calls % pause_every == 0) {
      ++pauses;
      paused_with = std::string(data.substr(0, 64));
      loop->after(pause, [this] { wake->resume(); });
      return kPaused;
    }
    if (!paused_with.empty()) {
      EXPECT_EQ(paused_with, data.substr(0, paused_with.size())) << "other bytes came after a pause";
      paused_with.clear();
    }
    bytes += data;
    return data.size();
  }
  bool rewind() override {
    bytes.clear();
    return true;
  }
  void attach(Resume* resume) override { wake = resume; }

  std::string bytes;
  int begun = 0, status = 0;
  Headers headers;
  std::optional<Error> refuse;
  std::optional<std::size_t> fail_at;
  unsigned pause_every = 0, calls = 0, pauses = 0;
  std::chrono::milliseconds pause{1};
  scheduler::Loop* loop = nullptr;
  Resume* wake = nullptr;
  std::string paused_with;
};

class StringSource : public BodySource {
 public:
  explicit StringSource(std::string bytes) : bytes_(std::move(bytes)), claimed(bytes_.size()) {}
  std::uint64_t size() const override { return claimed; }
  Result<std::size_t> read(std::span<char> into) override {
    if (fail_at && at_ >= *fail_at) return fail(ErrorKind::disk, "the source cannot be read");
    if (pause_every && ++calls % pause_every == 0) {
      ++pauses;
      loop->after(1ms, [this] { wake->resume(); });
      return kPaused;
    }
    const std::size_t count = std::min({into.size(), piece, bytes_.size() - at_});
    std::copy_n(bytes_.data() + at_, count, into.data());
    at_ += count;
    return count;
  }
  bool rewind() override {
    ++rewinds;
    at_ = 0;
    return true;
  }
  void attach(Resume* resume) override { wake = resume; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;

 public:
  std::uint64_t claimed;
  std::size_t piece = 1u << 20;
  std::optional<std::size_t> fail_at;
  unsigned pause_every = 0, calls = 0, pauses = 0, rewinds = 0;
  scheduler::Loop* loop = nullptr;
  Resume* wake = nullptr;
};

inline Request request_to(const HttpServer& server, std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.host = server.address();
  request.port = server.port();
  request.path = std::move(path);
  return request;
}

inline std::unique_ptr<CurlLoop> make_loop(CurlLoopOptions options = {}) {
  auto loop = CurlLoop::create(std::move(options));
  EXPECT_TRUE(loop) << loop.error().describe();
  return std::move(*loop);
}

inline Task<void> send_into(CurlLoop* loop, Request request, Exchange exchange,
                            std::optional<Result<Response>>* outcome) {
  *outcome = co_await loop->send(std::move(request), std::move(exchange));
}

inline Result<Response> send(CurlLoop& loop, Request request, Exchange exchange = {}) {
  std::optional<Result<Response>> outcome;
  run_to_end(loop, send_into(&loop, std::move(request), std::move(exchange), &outcome));
  return std::move(*outcome);
}

inline Exchange from(BodySource* source) {
  Exchange exchange;
  exchange.source = source;
  return exchange;
}
inline Exchange to(BodySink* sink) {
  Exchange exchange;
  exchange.sink = sink;
  return exchange;
}

inline HttpAnswer answer_with(std::string body, int status = 200) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

/// The last request a server got.
struct Seen {
  std::mutex mutex;
  HttpRequest last;
  void keep(const HttpRequest& request) {
    std::lock_guard lock(mutex);
    last = request;
  }
};

/// A file with a certificate, gone at the end.
class PemFile {
 public:
  explicit PemFile(const std::string& pem) {
    char name[] = "/tmp/sluice-test-XXXXXX";
    const int fd = ::mkstemp(name);
    path = name;
    EXPECT_EQ(::write(fd, pem.data(), pem.size()), static_cast<ssize_t>(pem.size()));
    ::close(fd);
  }
  ~PemFile() { ::unlink(path.c_str()); }
  std::string path;
};

}  // namespace sluice::io::test
