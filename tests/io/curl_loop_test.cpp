// CurlLoop against a scripted server: requests as they go over the wire, connections, stops and timers.
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
  const std::map<std::string, std::string> expected = {
      {"Host", server.address()},
      {"X-Empty", ""},
      {"Authorization", "Secret words"},
      {"User-Agent", CurlLoopOptions().user_agent + " HTTP/1.1"}};
  EXPECT_EQ(headers, expected);
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
