// What one request costs beyond its bytes: GETs of a tiny object through the event loop, by so many at
// once over as many kept connections. CPU is the loop's thread's alone; the server has its own.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "bench/canned_server.h"
#include "io/curl_loop.h"

namespace {

using namespace sluice;
using scheduler::Task;

constexpr int kRequests = 64;  // one after the other, by each of those at once

io::Request tiny_get(std::uint16_t port) {
  io::Request request;
  request.method = "GET";
  request.host = "127.0.0.1:" + std::to_string(port);
  request.port = port;
  request.path = "/bucket/some/folder/object";
  request.headers = {{"x-amz-date", "20231114T221320Z"},
                     {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"},
                     {"Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE0123456789/20231114/us-east-1/s3/"
                      "aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
                      "Signature=" +
                          std::string(64, 'a')}};
  return request;
}

Task<void> ask(io::CurlLoop* loop, io::Request request, int* good) {
  for (int i = 0; i < kRequests; ++i) {
    io::Exchange exchange;
    const auto answer = co_await loop->send(request, std::move(exchange));
    *good += answer && answer->body == "tiny";
  }
}

void tiny_gets(benchmark::State& state) {
  const bench::CannedServer server(
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: \"0123456789abcdef0123456789abcdef\"\r\n"
      "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\nx-amz-request-id: 0123456789ABCDEF\r\n\r\ntiny");
  auto created = io::CurlLoop::create({});
  if (!created) return state.SkipWithError("no loop");
  io::CurlLoop& loop = **created;
  const io::Request request = tiny_get(server.port());
  const int at_once = static_cast<int>(state.range(0));
  for (auto _ : state) {
    int good = 0, running = at_once;
    loop.post([&] {
      for (int i = 0; i < at_once; ++i)
        scheduler::start(ask(&loop, request, &good), [&] {
          if (--running == 0) loop.stop();
        });
    });
    loop.run();
    if (good != at_once * kRequests) return state.SkipWithError("a request failed");
  }
  state.SetItemsProcessed(state.iterations() * at_once * kRequests);
}
BENCHMARK(tiny_gets)->ArgName("at_once")->Arg(1)->Arg(16)->Unit(benchmark::kMicrosecond);

}  // namespace
