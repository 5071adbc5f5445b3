// Bodies through CurlLoop: every size, pauses, several transfers at once; always by content.
#include "io/curl_loop.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "curl_fixture.h"
#include "io/pipe.h"
#include "scheduler/sleep.h"
#include "scheduler/workers.h"

namespace sluice::io {
namespace {

using namespace test;

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

}  // namespace
}  // namespace sluice::io
