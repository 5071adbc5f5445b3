// Limits of bytes and requests in the loop: what moves under them, and what is not taken for a stall.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "curl_fixture.h"
#include "io/flow.h"
#include "scheduler/latch.h"
#include "scheduler/rate_limits.h"

namespace sluice::io {
namespace {

using namespace test;
using scheduler::Clock;
using scheduler::RateLimits;

constexpr std::uint64_t kKi = 1024;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

/// What a limit takes at least: an eighth of a second's bytes goes at once, and the last piece does not wait.
double least_seconds(double bytes, double rate) {
  const double last = static_cast<double>(RateLimits::piece(rate)) + 16 * kKi;
  return (bytes - last) / rate - 1.0 / 8;
}

CurlLoopOptions options_with(RateLimits* limits) {
  CurlLoopOptions options;
  options.limits = limits;
  return options;
}

Task<void> several(CurlLoop* loop, std::vector<Request> requests, std::vector<Exchange> exchanges,
                   std::vector<Result<Response>>* answers) {
  scheduler::Latch all(requests.size());
  std::vector<std::optional<Result<Response>>> outcomes(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i)
    scheduler::start(send_into(loop, requests[i], exchanges[i], &outcomes[i]), [&all] { all.count_down(); });
  co_await all.wait(*loop);
  for (auto& outcome : outcomes) answers->push_back(std::move(*outcome));
}

TEST(Limits, HoldAllDownloadsOfAllLoopsTogetherToOneRate) {
  constexpr double kRate = 1024 * kKi;
  const std::string bytes = random_bytes(300 * kKi, 1);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  RateLimits limits(Limits{0, static_cast<std::uint64_t>(kRate), 0});

  const auto began = Clock::now();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      auto loop = make_loop(options_with(&limits));
      std::vector<StringSink> sinks(4);
      std::vector<Exchange> exchanges;
      for (StringSink& sink : sinks) exchanges.push_back(to(&sink));
      std::vector<Result<Response>> answers;
      run_to_end(*loop, several(loop.get(), std::vector<Request>(4, request_to(server, "GET", "/k")),
                                exchanges, &answers));
      for (const StringSink& sink : sinks) EXPECT_TRUE(same(sink.bytes, bytes));
    });
  threads.clear();

  EXPECT_GE(seconds_since(began), least_seconds(8.0 * 300 * kKi, kRate));
}

TEST(Limits, HoldUploadsToTheirRateSmallOnesAsWell) {
  constexpr double kRate = 512 * kKi;
  for (const std::size_t size : {30 * kKi, 600 * kKi}) {
    std::mutex mutex;
    std::vector<std::string> bodies;
    HttpServer server([&](const HttpRequest& request) {
      std::lock_guard lock(mutex);
      bodies.push_back(request.body);
      return answer_with("");
    });
    RateLimits limits(Limits{static_cast<std::uint64_t>(kRate), 0, 0});
    auto loop = make_loop(options_with(&limits));
    const std::size_t count = 600 * kKi / size;
    std::vector<std::unique_ptr<StringSource>> sources;
    std::vector<Exchange> exchanges;
    for (std::size_t i = 0; i < count; ++i) {
      sources.push_back(std::make_unique<StringSource>(random_bytes(size, 2)));
      exchanges.push_back(from(sources.back().get()));
    }

    const auto began = Clock::now();
    std::vector<Result<Response>> answers;
    run_to_end(*loop, several(loop.get(), std::vector<Request>(count, request_to(server, "PUT", "/k")),
                              exchanges, &answers));

    EXPECT_GE(seconds_since(began), least_seconds(600.0 * kKi, kRate)) << size;
    EXPECT_EQ(bodies.size(), count);
    for (const std::string& body : bodies) EXPECT_TRUE(same(body, random_bytes(size, 2)));
  }
}

TEST(Limits, LeaveTheOtherWayAlone) {
  // Were they not apart, either would take an hour.
  HttpServer server([&](const HttpRequest&) { return answer_with(random_bytes(4096 * kKi, 3)); });
  RateLimits up(Limits{kKi, 0, 0}), down(Limits{0, kKi, 0});
  auto sends_little = make_loop(options_with(&up)), receives_little = make_loop(options_with(&down));

  StringSink sink;
  ASSERT_TRUE(send(*sends_little, request_to(server, "GET", "/k"), to(&sink)));
  StringSource source(random_bytes(4096 * kKi, 3));
  ASSERT_TRUE(send(*receives_little, request_to(server, "PUT", "/k"), from(&source)));
}

TEST(Limits, AreNoStallHoweverLow) {
  // What the limit lets through is a quarter of what a connection must move, for several times the timeout.
  RateLimits limits(Limits{64 * kKi, 64 * kKi, 0});
  CurlLoopOptions options = options_with(&limits);
  options.stall_timeout = 1s;
  options.stall_rate = 256 * kKi;
  const std::string bytes = random_bytes(160 * kKi, 4);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  auto loop = make_loop(options);

  StringSink sink;
  const auto down = send(*loop, request_to(server, "GET", "/k"), to(&sink));
  StringSource source(bytes);
  const auto up = send(*loop, request_to(server, "PUT", "/k"), from(&source));

  EXPECT_TRUE(down) << down.error().describe();
  EXPECT_TRUE(same(sink.bytes, bytes));
  EXPECT_TRUE(up) << up.error().describe();
}

TEST(Limits, HideNoConnectionThatStallsByItself) {
  RateLimits limits(Limits{0, 64 * kKi, 0});
  CurlLoopOptions options = options_with(&limits);
  options.stall_timeout = 1s;
  HttpServer server([&](const HttpRequest&) {
    HttpAnswer answer = answer_with(std::string(1'000'000, 'x'));
    answer.end = End::stall;
    answer.send_bytes = 50'000;
    return answer;
  });
  auto loop = make_loop(options);
  StringSink sink;

  const auto response = send(*loop, request_to(server, "GET", "/k"), to(&sink));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::timeout);
  EXPECT_GT(sink.bytes.size(), 0u);
}

TEST(Limits, AreNoReasonToGiveAGetUpForALaggard) {
  const std::string bytes = random_bytes(200 * kKi, 5);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  RateLimits limits;
  auto loop = make_loop(options_with(&limits));
  bool lagged = false;
  const auto get = [&] {
    StringSink sink;
    Exchange exchange = to(&sink);
    exchange.expects = bytes.size();
    exchange.lagged = &lagged;
    return send(*loop, request_to(server, "GET", "/k"), std::move(exchange));
  };
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(get());

  limits.set(Limits{0, 64 * kKi, 0}, Clock::now());
  const auto slow = get();

  EXPECT_TRUE(slow) << slow.error().describe();
  EXPECT_FALSE(lagged);
}

TEST(Limits, MayBeLiftedWhileThingsRun) {
  // At the first limit this would take some minutes.
  const std::string bytes = random_bytes(1024 * kKi, 6);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  for (const Limits& next : {Limits{}, Limits{0, 64 << 20, 0}}) {
    RateLimits limits(Limits{0, 4 * kKi, 0});
    auto loop = make_loop(options_with(&limits));
    StringSink sink;
    loop->after(100ms, [&] { limits.set(next, Clock::now()); });

    const auto response = send(*loop, request_to(server, "GET", "/k"), to(&sink));

    EXPECT_TRUE(response) << response.error().describe();
    EXPECT_TRUE(same(sink.bytes, bytes));
  }
}

TEST(Limits, GiveThePlacesOfCancelledRequestsToOthers) {
  HttpServer server([&](const HttpRequest&) { return answer_with(random_bytes(64 * kKi, 7)); });
  RateLimits limits(Limits{0, kKi, 0});
  auto loop = make_loop(options_with(&limits));
  std::vector<StringSink> sinks(64);
  std::vector<Exchange> exchanges;
  std::stop_source stop;
  for (StringSink& sink : sinks) {
    exchanges.push_back(to(&sink));
    exchanges.back().stop = stop.get_token();
  }
  // By then each has booked a piece that takes four seconds.
  loop->after(100ms, [&] { stop.request_stop(); });

  std::vector<Result<Response>> answers;
  run_to_end(*loop, several(loop.get(), std::vector<Request>(64, request_to(server, "GET", "/k")), exchanges,
                            &answers));

  for (const auto& answer : answers) EXPECT_FALSE(answer);
  const auto place = limits.down().book(1, Clock::now());
  EXPECT_LE(limits.down().until(place, Clock::now()), 60s);
}

Task<void> turns(CurlLoop* loop, int count) {
  for (int i = 0; i < count; ++i)
    if (loop->holds_back()) co_await loop->turn({});
}

TEST(Limits, SpaceRequests) {
  RateLimits limits(Limits{0, 0, 20});
  auto loop = make_loop(options_with(&limits));

  const auto began = Clock::now();
  run_to_end(*loop, turns(loop.get(), 21));

  EXPECT_GE(seconds_since(began), 0.999);
}

Task<void> turn_until(CurlLoop* loop, std::stop_token stop) {
  co_await loop->turn(stop);
}

TEST(Limits, TakeNoTurnFromOthersThatWasGivenUp) {
  RateLimits limits(Limits{0, 0, 0.01});
  auto loop = make_loop(options_with(&limits));
  run_to_end(*loop, turns(loop.get(), 1));
  for (int i = 0; i < 100; ++i) {
    std::stop_source stop;
    loop->post([&stop] { stop.request_stop(); });
    run_to_end(*loop, turn_until(loop.get(), stop.get_token()));
  }

  const auto place = limits.requests().book(1, Clock::now());

  EXPECT_LE(limits.requests().until(place, Clock::now()), 100s);
}

TEST(Limits, TellTheFlowThatMoreRequestsWouldBeInVain) {
  unsigned limit = 16;
  Flow::Hooks hooks;
  hooks.in_full_use = [] { return true; };
  hooks.in_flight = [&] { return limit; };
  hooks.busy = hooks.idle = [] { return 0ns; };
  hooks.set_limit = [&](unsigned n) { limit = n; };
  Flow flow(scheduler::Climb::Bounds(), hooks);
  flow.begin(Clock::now(), 0ms);
  const std::string bytes = random_bytes(100 * kKi, 8);
  HttpServer server([&](const HttpRequest&) { return answer_with(bytes); });
  RateLimits limits(Limits{0, 256 * kKi, 0});
  CurlLoopOptions options = options_with(&limits);
  options.flow = &flow;
  auto loop = make_loop(options);
  std::vector<StringSink> sinks(4);
  std::vector<Exchange> exchanges;
  for (StringSink& sink : sinks) exchanges.push_back(to(&sink));

  std::vector<Result<Response>> answers;
  run_to_end(*loop, several(loop.get(), std::vector<Request>(4, request_to(server, "GET", "/k")), exchanges,
                            &answers));

  EXPECT_EQ(limit, 16u);
}

}  // namespace
}  // namespace sluice::io
