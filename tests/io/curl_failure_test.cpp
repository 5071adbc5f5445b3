// Every way in which a server, a sink or a source can fail a request of CurlLoop.
#include "io/curl_loop.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "curl_fixture.h"
#include "scheduler/sleep.h"

namespace sluice::io {
namespace {

using namespace test;

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

TEST(CurlLoop, EndsAReplaceableGetThatFallsSilentWhileItsPeersDoNot) {
  const std::string bytes = random_bytes(300'000, 4);
  HttpServer server([&](const HttpRequest& request) {
    HttpAnswer answer = answer_with(bytes);
    if (request.target == "/silent") {
      answer.end = End::stall;
      answer.send_bytes = 100'000;
    }
    return answer;
  });
  CurlLoopOptions options;
  options.stall_timeout = 60s;
  auto loop = make_loop(options);
  bool lagged = false;
  const auto get = [&](const char* target, StringSink* sink) {
    Exchange exchange = to(sink);
    exchange.expects = bytes.size();
    exchange.lagged = &lagged;
    return send(*loop, request_to(server, "GET", target), std::move(exchange));
  };
  for (int i = 0; i < 20; ++i) {
    StringSink sink;
    ASSERT_TRUE(get("/lively", &sink));
    ASSERT_FALSE(lagged);
  }

  StringSink sink;
  const auto before = scheduler::Clock::now();
  const auto silent = get("/silent", &sink);

  ASSERT_FALSE(silent);
  EXPECT_TRUE(lagged);
  EXPECT_EQ(silent.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(is_retryable(silent.error()));
  EXPECT_LT(scheduler::Clock::now() - before, 30s);
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

TEST(CurlLoop, LeavesItToTheCallerToRepeatAPostWhoseAnswerWasLost) {
  for (const std::string method : {"GET", "PUT", "POST"}) {
    // The second request of the connection is read, and maybe carried out, but not answered.
    std::atomic<int> number{0};
    HttpServer server([&](const HttpRequest&) {
      HttpAnswer answer = answer_with("ok");
      if (++number != 2) return answer;
      answer.end = End::truncate;
      answer.send_head = false;
      return answer;
    });
    auto loop = make_loop();
    ASSERT_TRUE(send(*loop, request_to(server, "GET", "/b/k")));

    const auto response = send(*loop, request_to(server, method, "/b/k?uploads"));

    if (method == "POST") {
      ASSERT_FALSE(response);
      EXPECT_EQ(response.error().kind, ErrorKind::network) << response.error().describe();
      EXPECT_EQ(server.requests(), 2);
    } else {
      EXPECT_TRUE(response) << method;
      EXPECT_EQ(server.requests(), 3) << method;
    }
  }
}

}  // namespace
}  // namespace sluice::io
