// CurlLoop against a scripted server: what goes over the wire, what comes back, and every way in
// which it can go wrong.
#include "io/curl_loop.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "io/pipe.h"
#include "scheduler/sleep.h"
#include "scheduler/workers.h"
#include "support/http_server.h"
#include "support/plain_loop.h"

namespace sluice::io {
namespace {

using namespace std::chrono_literals;
using scheduler::Task;
using sluice::testing::HttpAnswer;
using sluice::testing::HttpRequest;
using sluice::testing::HttpServer;
using sluice::testing::HttpServerOptions;
using sluice::testing::run_to_end;
using End = HttpAnswer::End;

std::string random_bytes(std::size_t size, unsigned seed) {
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
::testing::AssertionResult same(const std::string& a, const std::string& b) {
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

Request request_to(const HttpServer& server, std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.host = server.address();
  request.port = server.port();
  request.path = std::move(path);
  return request;
}

std::unique_ptr<CurlLoop> make_loop(CurlLoopOptions options = {}) {
  auto loop = CurlLoop::create(std::move(options));
  EXPECT_TRUE(loop) << loop.error().describe();
  return std::move(*loop);
}

Task<void> send_into(CurlLoop* loop, Request request, Exchange exchange,
                     std::optional<Result<Response>>* outcome) {
  *outcome = co_await loop->send(std::move(request), std::move(exchange));
}

Result<Response> send(CurlLoop& loop, Request request, Exchange exchange = {}) {
  std::optional<Result<Response>> outcome;
  run_to_end(loop, send_into(&loop, std::move(request), std::move(exchange), &outcome));
  return std::move(*outcome);
}

Exchange from(BodySource* source) {
  Exchange exchange;
  exchange.source = source;
  return exchange;
}
Exchange to(BodySink* sink) {
  Exchange exchange;
  exchange.sink = sink;
  return exchange;
}

HttpAnswer answer_with(std::string body, int status = 200) {
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

TEST(CurlLoop, SendsTheTargetAndHeadersAsGivenAndAddsOnlyHostAndUserAgent) {
  Seen seen;
  HttpServer server([&](const HttpRequest& request) {
    seen.keep(request);
    return answer_with("hello");
  });
  auto loop = make_loop();
  Request request = request_to(server, "GET", "/bucket/a/../b//c%2F%20d");
  request.query = {{"list-type", "2"}, {"uploads", ""}};
  request.headers.add("X-Empty", "");
  request.headers.add("Authorization", "Secret words");

  const auto response = send(*loop, request);

  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->body_bytes, 5u);
  EXPECT_EQ(seen.last.target, request.target());
  EXPECT_TRUE(seen.last.target.starts_with("/bucket/a/../b//c%2F%20d?"));
  std::map<std::string, std::string> headers(seen.last.headers.begin(), seen.last.headers.end());
  const std::map<std::string, std::string> expected = {{"Host", server.address()},
                                                       {"X-Empty", ""},
                                                       {"Authorization", "Secret words"},
                                                       {"User-Agent", CurlLoopOptions().user_agent}};
  EXPECT_EQ(headers, expected);
}

TEST(CurlLoop, PutsAndPostsBytesWithTheirLengthAndNoContentTypeOfItsOwn) {
  Seen seen;
  HttpServer server([&](const HttpRequest& request) {
    seen.keep(request);
    return answer_with("");
  });
  auto loop = make_loop();
  for (const std::string method : {"PUT", "POST", "DELETE"}) {
    for (const std::size_t size : {0u, 1u, 3'000'000u}) {
      if (method == "DELETE" && size == 0) continue;
      Exchange exchange;
      exchange.bytes = random_bytes(size, 1);
      const std::string bytes = exchange.bytes;

      const auto response = send(*loop, request_to(server, method, "/b/k"), std::move(exchange));

      ASSERT_TRUE(response) << response.error().describe();
      EXPECT_EQ(seen.last.method, method);
      EXPECT_TRUE(same(seen.last.body, bytes));
      EXPECT_EQ(seen.last.header("Content-Length"), std::to_string(size));
      EXPECT_FALSE(seen.last.has("Content-Type"));
      EXPECT_FALSE(seen.last.has("Expect"));
      EXPECT_FALSE(seen.last.has("Accept"));
    }
  }
}

TEST(CurlLoop, StreamsASourceOfAnySize) {
  Seen seen;
  HttpServer server([&](const HttpRequest& request) {
    seen.keep(request);
    return answer_with("");
  });
  auto loop = make_loop();
  for (const std::size_t size : {0u, 1u, 65'536u, 65'537u, 9'000'000u}) {
    StringSource source(random_bytes(size, 2));
    source.piece = 100'000;
    Request request = request_to(server, "PUT", "/b/k");
    request.headers.add("Content-Type", "text/plain");

    const auto response = send(*loop, request, from(&source));

    ASSERT_TRUE(response) << response.error().describe();
    EXPECT_TRUE(same(seen.last.body, random_bytes(size, 2)));
    EXPECT_EQ(seen.last.header("Content-Length"), std::to_string(size));
    EXPECT_EQ(seen.last.header("Content-Type"), "text/plain");
    EXPECT_FALSE(seen.last.has("Expect"));
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlLoop, AsksWithHeadForHeadersAlone) {
  HttpServer server([](const HttpRequest&) {
    HttpAnswer answer = answer_with("not sent");
    answer.headers = {{"Content-Length", "123456"}, {"ETag", "\"x\""}};
    return answer;
  });
  auto loop = make_loop();

  const auto response = send(*loop, request_to(server, "HEAD", "/b/k"));

  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->headers.get("content-length"), "123456");
  EXPECT_EQ(response->headers.get("etag"), "\"x\"");
  EXPECT_EQ(response->body, "");
}

TEST(CurlLoop, GivesTheBodyOfASuccessToTheSinkAfterItsHead) {
  for (const bool chunked : {false, true}) {
    for (const std::size_t size : {0u, 1u, 5'000'000u}) {
      HttpServer server([&](const HttpRequest&) {
        HttpAnswer answer = answer_with(random_bytes(size, 3), 206);
        answer.chunked = chunked;
        answer.headers = {{"X-Thing", "  spaced out "}};
        answer.before = "HTTP/1.1 103 Early Hints\r\nX-Thing: too early\r\n\r\n";
        return answer;
      });
      auto loop = make_loop();
      StringSink sink;

      const auto response = send(*loop, request_to(server, "GET", "/b/k"), to(&sink));

      ASSERT_TRUE(response) << response.error().describe();
      EXPECT_EQ(sink.begun, 1);
      EXPECT_EQ(sink.status, 206);
      EXPECT_EQ(sink.headers.get("x-thing"), "spaced out");
      EXPECT_TRUE(same(sink.bytes, random_bytes(size, 3)));
      EXPECT_EQ(response->body, "");
      EXPECT_EQ(response->body_bytes, size);
    }
  }
}

TEST(CurlLoop, KeepsTheBodyOfARefusalFromTheSink) {
  HttpServer server([](const HttpRequest&) { return answer_with("<Error/>", 403); });
  auto loop = make_loop();
  StringSink sink;

  const auto response = send(*loop, request_to(server, "GET", "/b/k"), to(&sink));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(response->body, "<Error/>");
  EXPECT_EQ(sink.begun, 0);
}

TEST(CurlLoop, KeepsOneMebibyteOfARefusalWithoutEnd) {
  HttpServer server([](const HttpRequest&) { return answer_with(std::string(5u << 20, 'x'), 500); });
  auto loop = make_loop();

  const auto response = send(*loop, request_to(server, "GET", "/b/k"));

  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(response->body.size(), 1u << 20);
}

TEST(CurlLoop, RefusesAnAnswerTooLargeToKeep) {
  HttpServer server([](const HttpRequest&) { return answer_with(std::string((64u << 20) + 1, 'x')); });
  auto loop = make_loop();

  const auto response = send(*loop, request_to(server, "GET", "/b/k"));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::decode);
}

TEST(CurlLoop, PausesADownloadUntilTheSinkIsReadyAgain) {
  const std::string bytes = random_bytes(3'000'000, 4);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  auto loop = make_loop();
  StringSink sink;
  sink.pause_every = 7;
  sink.loop = loop.get();

  const auto response = send(*loop, request_to(server, "GET", "/b/k"), to(&sink));

  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_GT(sink.pauses, 10u);
  EXPECT_TRUE(same(sink.bytes, bytes));
}

TEST(CurlLoop, PausesAnUploadUntilTheSourceIsReadyAgain) {
  for (const std::size_t size : {10'000u, 3'000'000u}) {
    Seen seen;
    HttpServer server([&](const HttpRequest& request) {
      seen.keep(request);
      return answer_with("");
    });
    auto loop = make_loop();
    StringSource source(random_bytes(size, 5));
    source.pause_every = 2;
    source.piece = size / 5;
    source.loop = loop.get();

    const auto response = send(*loop, request_to(server, "PUT", "/b/k"), from(&source));

    ASSERT_TRUE(response) << response.error().describe();
    EXPECT_GT(source.pauses, 3u);
    EXPECT_TRUE(same(seen.last.body, random_bytes(size, 5)));
  }
}

TEST(CurlLoop, EndsWithTheErrorOfSinkOrSource) {
  const std::string bytes = random_bytes(2'000'000, 6);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  auto loop = make_loop();

  StringSink full;
  full.fail_at = 500'000;
  const auto down = send(*loop, request_to(server, "GET", "/b/k"), to(&full));
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().kind, ErrorKind::disk);
  EXPECT_EQ(down.error().message, "the disk is full");

  StringSink fails_after_pause;
  fails_after_pause.fail_at = 500'000;
  fails_after_pause.pause_every = 31;
  fails_after_pause.loop = loop.get();
  const auto paused = send(*loop, request_to(server, "GET", "/b/k"), to(&fails_after_pause));
  ASSERT_FALSE(paused);
  EXPECT_EQ(paused.error().kind, ErrorKind::disk);

  StringSink picky;
  picky.refuse = make_error(ErrorKind::integrity, "not the object I began with");
  const auto refused = send(*loop, request_to(server, "GET", "/b/k"), to(&picky));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "not the object I began with");
  EXPECT_EQ(picky.bytes, "");

  for (const std::size_t size : {10u, 2'000'000u}) {
    StringSource broken(random_bytes(size, 6));
    broken.fail_at = size / 2;
    broken.piece = size / 4;
    const auto up = send(*loop, request_to(server, "PUT", "/b/k"), from(&broken));
    ASSERT_FALSE(up);
    EXPECT_EQ(up.error().message, "the source cannot be read");

    StringSource shorter(random_bytes(size, 6));
    shorter.claimed = size + 1;
    const auto changed = send(*loop, request_to(server, "PUT", "/b/k"), from(&shorter));
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().kind, ErrorKind::integrity);
  }
}

TEST(CurlLoop, CallsATruncatedBodyANetworkError) {
  for (const bool chunked : {false, true}) {
    HttpServer server([&](const HttpRequest&) {
      HttpAnswer answer = answer_with(random_bytes(1'000'000, 7));
      answer.end = End::truncate;
      answer.send_bytes = 600'000;
      answer.chunked = chunked;
      return answer;
    });
    auto loop = make_loop();
    StringSink sink;

    const auto response = send(*loop, request_to(server, "GET", "/b/k"), to(&sink));

    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::network);
    EXPECT_TRUE(is_retryable(response.error()));
    EXPECT_NE(response.error().message.find(server.address()), std::string::npos) << response.error().message;
    EXPECT_TRUE(random_bytes(1'000'000, 7).starts_with(sink.bytes));
  }
}

TEST(CurlLoop, CallsAResetANetworkError) {
  for (const bool after_head : {false, true}) {
    HttpServer server([&](const HttpRequest&) {
      HttpAnswer answer = answer_with(std::string(1'000'000, 'x'));
      answer.end = End::reset;
      answer.send_head = after_head;
      answer.send_bytes = 1'000;
      return answer;
    });
    auto loop = make_loop();

    const auto response = send(*loop, request_to(server, "GET", "/b/k"));

    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::network);
  }
}

TEST(CurlLoop, NamesTheHostThatRefusesConnections) {
  Request request;
  {
    HttpServer gone([](const HttpRequest&) { return HttpAnswer(); });
    request = request_to(gone, "GET", "/");
  }
  auto loop = make_loop();
  request.headers.add("Authorization", "topsecret");
  request.query = {{"X-Amz-Signature", "topsecret"}};

  const auto response = send(*loop, request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_NE(response.error().message.find(request.host), std::string::npos);
  EXPECT_EQ(response.error().describe().find("topsecret"), std::string::npos);
}

TEST(CurlLoop, EndsAStalledConnection) {
  CurlLoopOptions options;
  options.stall_timeout = 1s;
  for (const bool after_head : {false, true}) {
    HttpServer server([&](const HttpRequest&) {
      HttpAnswer answer = answer_with(std::string(1'000'000, 'x'));
      answer.end = End::stall;
      answer.send_head = after_head;
      answer.send_bytes = 100'000;
      return answer;
    });
    auto loop = make_loop(options);
    StringSink sink;

    const auto before = scheduler::Clock::now();
    const auto response = send(*loop, request_to(server, "GET", "/b/k"), to(&sink));

    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::timeout);
    EXPECT_GE(scheduler::Clock::now() - before, 1s);
    EXPECT_LT(scheduler::Clock::now() - before, 30s);
  }
}

TEST(CurlLoop, GivesUpConnectingToWhoNeverSpeaks) {
  // Accepted by the kernel, greeted by nobody.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, generic, size), 0);
  ASSERT_EQ(::listen(listener, 5), 0);
  ASSERT_EQ(::getsockname(listener, generic, &size), 0);
  CurlLoopOptions options;
  options.connect_timeout = 300ms;
  auto loop = make_loop(options);
  Request request;
  request.method = "GET";
  request.tls = true;
  request.port = ntohs(address.sin_port);
  request.host = "127.0.0.1:" + std::to_string(request.port);

  const auto response = send(*loop, request);
  ::close(listener);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::timeout) << response.error().describe();
  EXPECT_TRUE(is_retryable(response.error()));
}

TEST(CurlLoop, RefusesHeadersWithoutEnd) {
  HttpServer server([](const HttpRequest&) {
    HttpAnswer answer = answer_with("");
    for (int i = 0; i < 30'000; ++i)
      answer.headers.emplace_back("X-" + std::to_string(i), std::string(50, 'x'));
    return answer;
  });
  auto loop = make_loop();

  const auto response = send(*loop, request_to(server, "GET", "/"));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::decode) << response.error().describe();
}

TEST(CurlLoop, LetsASlowConnectionAndAPausedSinkGoOn) {
  CurlLoopOptions options;
  options.stall_timeout = 2s;
  HttpServer server([](const HttpRequest& request) {
    HttpAnswer answer = answer_with(random_bytes(60'000, 8));
    if (request.target == "/slow") {
      answer.drip_bytes = 5'000;
      answer.drip_pause = 220ms;
    }
    return answer;
  });
  auto loop = make_loop(options);

  StringSink slow;
  const auto dripped = send(*loop, request_to(server, "GET", "/slow"), to(&slow));
  ASSERT_TRUE(dripped) << dripped.error().describe();
  EXPECT_TRUE(same(slow.bytes, random_bytes(60'000, 8)));

  StringSink waits;
  waits.pause_every = 3;
  waits.pause = 2500ms;
  waits.loop = loop.get();
  const auto paused = send(*loop, request_to(server, "GET", "/fast"), to(&waits));
  ASSERT_TRUE(paused) << paused.error().describe();
  EXPECT_GE(waits.pauses, 1u);
  EXPECT_TRUE(same(waits.bytes, random_bytes(60'000, 8)));
}

TEST(CurlLoop, DoesNotFollowARedirect) {
  std::atomic<int> elsewhere{0};
  HttpServer other([&](const HttpRequest&) {
    ++elsewhere;
    return answer_with("");
  });
  HttpServer server([&](const HttpRequest&) {
    HttpAnswer answer = answer_with("moved", 307);
    answer.headers = {{"Location", "http://" + other.address() + "/b/k"}};
    return answer;
  });
  auto loop = make_loop();
  Request request = request_to(server, "GET", "/b/k");
  request.headers.add("Authorization", "secret");

  const auto response = send(*loop, request);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 307);
  EXPECT_EQ(response->headers.get("Location"), "http://" + other.address() + "/b/k");
  EXPECT_EQ(elsewhere.load(), 0);
}

TEST(CurlLoop, SendsTheHostAsGivenToTheAddressAsGiven) {
  Seen seen;
  HttpServer server([&](const HttpRequest& request) {
    seen.keep(request);
    return answer_with("");
  });
  auto loop = make_loop();
  Request request = request_to(server, "GET", "/k");
  request.host = "bucket-125.cos.ap-beijing.example";
  request.connect_to = "127.0.0.1";

  ASSERT_TRUE(send(*loop, request));
  EXPECT_EQ(seen.last.header("Host"), "bucket-125.cos.ap-beijing.example");
}

TEST(CurlLoop, ResolvesNamesAsTold) {
  Seen seen;
  HttpServer server([&](const HttpRequest& request) {
    seen.keep(request);
    return answer_with("");
  });
  CurlLoopOptions options;
  options.resolve = {"store.example:" + std::to_string(server.port()) + ":127.0.0.1"};
  auto loop = make_loop(options);
  Request request = request_to(server, "GET", "/k");
  request.host = "store.example:" + std::to_string(server.port());

  ASSERT_TRUE(send(*loop, request));
  EXPECT_EQ(seen.last.header("Host"), request.host);
}

TEST(CurlLoop, RefusesWhatWouldSplitARequest) {
  std::atomic<int> requests{0};
  HttpServer server([&](const HttpRequest&) {
    ++requests;
    return answer_with("");
  });
  auto loop = make_loop();

  for (const std::string path : {"/a b", "/a\r\nX: y", "no-slash"}) {
    const auto response = send(*loop, request_to(server, "GET", path));
    ASSERT_FALSE(response) << path;
    EXPECT_EQ(response.error().kind, ErrorKind::argument);
  }
  for (const Headers::Field& field : {Headers::Field("X", "a\r\nY: b"), Headers::Field("X: y\r\nZ", "a"),
                                      Headers::Field("X", "a\nb"), Headers::Field("", "a")}) {
    Request request = request_to(server, "GET", "/");
    request.headers.add(field.first, field.second);
    const auto response = send(*loop, request);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::argument);
  }
  for (const std::string host : {"", "a/b", "a@b", "a\r\nb"}) {
    Request request = request_to(server, "GET", "/");
    request.host = host;
    EXPECT_FALSE(send(*loop, request)) << host;
  }
  EXPECT_EQ(requests.load(), 0);
}

TEST(CurlLoop, RefusesAnAnswerThatIsNotHttp) {
  HttpServer server([](const HttpRequest&) {
    HttpAnswer answer;
    answer.before = "220 mail.example ESMTP\r\n";
    answer.end = End::truncate;
    answer.send_head = false;
    return answer;
  });
  auto loop = make_loop();

  const auto response = send(*loop, request_to(server, "GET", "/"));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::decode);
}

TEST(CurlLoop, SeesARefusalThatComesBeforeTheBodyIsSent) {
  // The server answers from the head alone and goes on reading, as stores do.
  HttpServer server([](const HttpRequest&) { return answer_with("no", 403); });
  auto loop = make_loop();
  StringSource source(random_bytes(4'000'000, 9));

  const auto response = send(*loop, request_to(server, "PUT", "/b/k"), from(&source));

  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 403);
}

TEST(CurlLoop, NeverSendsAWrongBodyOnAConnectionThatDiedUnnoticed) {
  // Closed after each answer without saying so: the next request finds out in the middle.
  std::mutex mutex;
  std::vector<std::string> bodies;
  HttpServer server([&](const HttpRequest& request) {
    std::lock_guard lock(mutex);
    bodies.push_back(request.body);
    HttpAnswer answer = answer_with("ok");
    answer.end = End::truncate;
    answer.send_bytes = 2;
    return answer;
  });
  auto loop = make_loop();

  int good = 0;
  for (unsigned i = 0; i < 60; ++i) {
    const std::string bytes = random_bytes(i % 2 ? 300'000 : 2'000, i);
    StringSource source(bytes);
    source.piece = 70'000;
    const auto response = send(*loop, request_to(server, "PUT", "/b/k"), from(&source));
    if (!response) {
      EXPECT_EQ(response.error().kind, ErrorKind::network) << response.error().describe();
      continue;
    }
    ++good;
    std::lock_guard lock(mutex);
    ASSERT_TRUE(same(bodies.back(), bytes));
  }
  EXPECT_GT(good, 20);
}

TEST(CurlLoop, EndsWithCancelledWhenStoppedFromAnotherThread) {
  HttpServer server([](const HttpRequest&) {
    HttpAnswer answer = answer_with(std::string(1'000'000, 'x'));
    answer.end = End::stall;
    answer.send_bytes = 100'000;
    return answer;
  });
  auto loop = make_loop();
  std::stop_source stop;

  class StoppingSink : public StringSink {
   public:
    explicit StoppingSink(std::stop_source* stop_source) : stop_(stop_source) {}
    Result<std::size_t> write(std::string_view data) override {
      if (!thread.joinable()) thread = std::thread([this] { stop_->request_stop(); });
      return StringSink::write(data);
    }
    std::thread thread;

   private:
    std::stop_source* stop_;
  };
  StoppingSink sink(&stop);
  Exchange exchange = to(&sink);
  exchange.stop = stop.get_token();

  const auto response = send(*loop, request_to(server, "GET", "/b/k"), exchange);
  sink.thread.join();

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
  EXPECT_GT(sink.bytes.size(), 0u);

  const auto again = send(*loop, request_to(server, "GET", "/b/k"), exchange);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(server.requests(), 1) << "stopped before it began, and yet sent";
}

TEST(CurlLoop, SurvivesStopsThatRaceWithTheEndOfRequests) {
  HttpServer server([](const HttpRequest&) { return answer_with(std::string(20'000, 'x')); });
  auto loop = make_loop();
  std::mt19937 random(13);
  int ended = 0, cancelled = 0;

  for (int round = 0; round < 200; ++round) {
    std::stop_source stop;
    Exchange exchange;
    exchange.stop = stop.get_token();
    const unsigned spins = random() % 40'000;
    std::thread other([&] {
      std::atomic<unsigned> turns{0};
      while (++turns < spins) continue;
      stop.request_stop();
    });
    const auto response = send(*loop, request_to(server, "GET", "/b/k"), exchange);
    other.join();
    ++(response ? ended : cancelled);
    if (response) {
      EXPECT_EQ(response->body.size(), 20'000u);
    } else {
      EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
    }
  }
  EXPECT_EQ(ended + cancelled, 200);
}

/// Runs `count` requests, `in_flight` at once, all on one loop.
Task<void> lane(CurlLoop* loop, const HttpServer* server, int* left, int* good, int* lanes) {
  while (*left > 0) {
    const int number = (*left)--;
    Request request = request_to(*server, number % 3 ? "GET" : "PUT", "/b/" + std::to_string(number));
    Exchange exchange;
    if (number % 3 == 0) exchange.bytes = "small";
    const auto response = co_await loop->send(std::move(request), std::move(exchange));
    *good += response && response->status == 200 && response->body == "/b/" + std::to_string(number);
  }
  if (--*lanes == 0) loop->stop();
}

TEST(CurlLoop, OpensNoMoreThan32ConnectionsForAThousandRequestsAt32InFlight) {
  HttpServer server([](const HttpRequest& request) { return answer_with(request.target); });
  auto loop = make_loop();
  int left = 1'000, good = 0, lanes = 32;

  for (int i = 0; i < 32; ++i)
    loop->post([&] { scheduler::start(lane(loop.get(), &server, &left, &good, &lanes)); });
  loop->run();

  EXPECT_EQ(good, 1'000);
  EXPECT_EQ(server.requests(), 1'000);
  EXPECT_LE(server.connections(), 32);
  EXPECT_EQ(loop->counters().requests, 1'000u);
  EXPECT_EQ(loop->counters().connections, static_cast<std::uint64_t>(server.connections()));
}

TEST(CurlLoop, HoldsBackRequestsAboveItsConnectionLimit) {
  HttpServer server([](const HttpRequest& request) { return answer_with(request.target); });
  CurlLoopOptions options;
  options.max_connections = 3;
  auto loop = make_loop(options);
  int left = 200, good = 0, lanes = 20;

  for (int i = 0; i < 20; ++i)
    loop->post([&] { scheduler::start(lane(loop.get(), &server, &left, &good, &lanes)); });
  loop->run();

  EXPECT_EQ(good, 200);
  EXPECT_LE(server.connections(), 3);
}

TEST(CurlLoop, StartsARequestFromWithinASink) {
  // A sink is called by curl, which takes no new handle at that moment.
  HttpServer server([](const HttpRequest& request) { return answer_with(request.target); });
  auto loop = make_loop();
  class Starting : public StringSink {
   public:
    Result<std::size_t> write(std::string_view data) override {
      scheduler::start(send_into(curl, *next, Exchange(), &outcome), [this] { ++ended; });
      return StringSink::write(data);
    }
    CurlLoop* curl = nullptr;
    const Request* next = nullptr;
    std::optional<Result<Response>> outcome;
    int ended = 0;
  };
  Starting sink;
  const Request inner = request_to(server, "GET", "/inner");
  sink.curl = loop.get();
  sink.next = &inner;

  ASSERT_TRUE(send(*loop, request_to(server, "GET", "/outer"), to(&sink)));
  while (!sink.ended) ASSERT_TRUE(send(*loop, request_to(server, "GET", "/outer")));

  ASSERT_TRUE(*sink.outcome) << sink.outcome->error().describe();
  EXPECT_EQ((*sink.outcome)->body, "/inner");
}

Task<void> send_then(CurlLoop* loop, Request request, Exchange exchange,
                     std::function<void(Result<Response>)> then) {
  then(co_await loop->send(std::move(request), std::move(exchange)));
}

TEST(CurlLoop, StreamsOneAnswerIntoAnotherRequestThroughAPipe) {
  for (const std::size_t size : {1u, 60'000u, 9'000'000u}) {
    const std::string bytes = random_bytes(size, 21);
    Seen seen;
    HttpServer server([&](const HttpRequest& request) {
      if (request.method == "GET") return answer_with(bytes);
      seen.keep(request);
      return answer_with("");
    });
    auto loop = make_loop();
    Pipe pipe(size, 100'000);
    int ended = 0, good = 0;
    const auto count = [&](const Result<Response>& response) {
      good += response && response->status == 200;
      if (++ended == 2) loop->stop();
    };

    loop->post([&] {
      const auto put = request_to(server, "PUT", "/to"), get = request_to(server, "GET", "/from");
      scheduler::start(send_then(loop.get(), put, from(&pipe.source()), count));
      scheduler::start(send_then(loop.get(), get, to(&pipe.sink()), [&](const Result<Response>& response) {
        EXPECT_TRUE(pipe.end_of_input());
        count(response);
      }));
    });
    loop->run();

    EXPECT_EQ(good, 2);
    EXPECT_TRUE(same(seen.last.body, bytes));
  }
}

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

TEST(CurlLoop, RefusesACertificateItCannotTrust) {
  HttpServerOptions tls;
  tls.tls = true;
  HttpServer server([](const HttpRequest&) { return answer_with("secret"); }, tls);
  HttpServer stranger([](const HttpRequest&) { return answer_with("secret"); }, tls);
  Request request = request_to(server, "GET", "/");
  request.tls = true;

  auto with_system_cas = make_loop();
  const auto unknown = send(*with_system_cas, request);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::tls) << unknown.error().describe();

  const PemFile wrong_ca(stranger.certificate_pem());
  CurlLoopOptions options;
  options.ca_file = wrong_ca.path;
  auto with_wrong_ca = make_loop(options);
  const auto refused = send(*with_wrong_ca, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::tls);
  EXPECT_FALSE(is_retryable(refused.error()));
  EXPECT_EQ(server.requests(), 0);
}

TEST(CurlLoop, RefusesACertificateForAnotherName) {
  HttpServerOptions tls;
  tls.tls = true;
  tls.names = {"other.example"};
  HttpServer server([](const HttpRequest&) { return answer_with("secret"); }, tls);
  const PemFile ca(server.certificate_pem());
  CurlLoopOptions options;
  options.ca_file = ca.path;
  auto loop = make_loop(options);
  Request request = request_to(server, "GET", "/");
  request.tls = true;

  const auto refused = send(*loop, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::tls);

  request.host = "other.example";
  request.connect_to = "127.0.0.1";
  EXPECT_TRUE(send(*loop, request)) << "the right name, by connect_to";
}

TEST(CurlLoop, SaysWhichCaFileCannotBeRead) {
  CurlLoopOptions options;
  options.ca_file = "/nonexistent/ca.pem";

  const auto loop = CurlLoop::create(options);

  ASSERT_FALSE(loop);
  EXPECT_EQ(loop.error().kind, ErrorKind::config);
  EXPECT_NE(loop.error().message.find("/nonexistent/ca.pem"), std::string::npos);
}

TEST(CurlLoop, SurvivesATlsPeerThatClosesWhileWeSend) {
  HttpServerOptions tls;
  tls.tls = true;
  HttpServer server(
      [](const HttpRequest& request) {
        HttpAnswer answer = answer_with("ok");
        answer.end = request.method == "PUT" ? End::keep : End::reset;
        return answer;
      },
      tls);
  const PemFile ca(server.certificate_pem());
  CurlLoopOptions options;
  options.ca_file = ca.path;
  auto loop = make_loop(options);
  for (int i = 0; i < 20; ++i) {
    Request request = request_to(server, i % 2 ? "PUT" : "GET", "/");
    request.tls = true;
    StringSource source(random_bytes(500'000, 1));
    const auto response = send(*loop, request, i % 2 ? from(&source) : Exchange());
    if (i % 2 == 0) {
      EXPECT_FALSE(response);
    }
  }
}

/// Every index is one object: uploaded, downloaded, compared.
class RoundTrip : public scheduler::Job {
 public:
  RoundTrip(const HttpServer* server, bool tls, std::size_t size) : server_(server), tls_(tls), size_(size) {}

  Task<void> run(scheduler::Worker& worker, std::uint64_t index, bool) override {
    CurlLoop& loop = worker.service<CurlLoop>();
    const std::string bytes = random_bytes(size_ + index * 1'001, static_cast<unsigned>(index));
    StringSource source(bytes);
    source.loop = &loop;
    source.pause_every = index % 3 ? 0 : 3;
    Request put = request_to(*server_, "PUT", "/b/" + std::to_string(index));
    put.tls = tls_;
    Exchange up = from(&source);
    const auto sent = co_await loop.send(std::move(put), std::move(up));
    StringSink sink;
    sink.loop = &loop;
    sink.pause_every = index % 4 ? 0 : 11;
    Request get = request_to(*server_, "GET", "/b/" + std::to_string(index));
    get.tls = tls_;
    Exchange down = to(&sink);
    const auto got = co_await loop.send(std::move(get), std::move(down));
    good += sent && got && sink.bytes == bytes;
    ++done;
    done.notify_all();
  }
  std::atomic<unsigned> good{0}, done{0};

 private:
  const HttpServer* server_;
  bool tls_;
  std::size_t size_;
};

TEST(CurlLoop, MovesTheRightBytesWithSeveralTransfersAtOnceOnSeveralWorkers) {
  constexpr unsigned kObjects = 48;
  for (const bool tls : {true, false}) {
    std::mutex mutex;
    std::map<std::string, std::string> objects;
    HttpServerOptions server_options;
    server_options.tls = tls;
    HttpServer server(
        [&](const HttpRequest& request) {
          std::lock_guard lock(mutex);
          if (request.method == "GET") return answer_with(objects[request.target]);
          objects[request.target] = request.body;
          return answer_with("");
        },
        server_options);
    const PemFile ca(server.certificate_pem());
    CurlLoopOptions options;
    if (tls) options.ca_file = ca.path;
    std::vector<std::unique_ptr<scheduler::Loop>> loops;
    for (int i = 0; i < 3; ++i) loops.push_back(make_loop(options));
    const auto job = std::make_shared<RoundTrip>(&server, tls, 1'500'000);

    scheduler::WorkersOptions worker_options;
    worker_options.slots = 8;
    scheduler::Workers workers(std::move(loops), worker_options);
    workers.submit(job, 0, kObjects, 0);
    for (unsigned seen; (seen = job->done) < kObjects;) job->done.wait(seen);

    EXPECT_EQ(job->good.load(), kObjects) << (tls ? "TLS" : "plain");
    EXPECT_GT(job->stolen(), 0u);
  }
}

TEST(CurlLoop, KeepsTimersAndPostsInOrder) {
  auto loop = make_loop();
  std::string order;

  loop->after(20ms, [&] {
    order += "late";
    loop->stop();
  });
  const std::uint64_t dropped = loop->after(5ms, [&] { order += "never "; });
  loop->after(1ms, [&] { order += "early "; });
  loop->post([&] { order += "first "; });
  loop->post([&] { order += "second "; });
  loop->cancel_timer(dropped);
  loop->cancel_timer(dropped);
  loop->run();

  EXPECT_EQ(order, "first second early late");
}

TEST(CurlLoop, SleepsAndStopsOnItsOwnTimers) {
  auto loop = make_loop();
  std::stop_source stop;
  std::optional<bool> whole;

  const auto body = [](CurlLoop* l, std::stop_token token, std::optional<bool>* into) -> Task<void> {
    *into = co_await scheduler::sleep_for(*l, 1h, std::move(token));
  };
  std::thread other([&] { stop.request_stop(); });
  run_to_end(*loop, body(loop.get(), stop.get_token(), &whole));
  other.join();

  EXPECT_EQ(whole, false);
}

}  // namespace
}  // namespace sluice::io
