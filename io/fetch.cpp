#include "io/fetch.h"

#include <fmt/format.h>

#include <optional>

#include "io/curl_loop.h"
#include "scheduler/task.h"

namespace sluice::io {
namespace {

scheduler::Task<void> ask(CurlLoop* loop, Request request, Steps* steps, std::stop_token stop,
                          std::optional<Result<Response>>* into) {
  Exchange exchange;
  exchange.steps = steps;
  exchange.stop = std::move(stop);
  into->emplace(co_await loop->send(std::move(request), std::move(exchange)));
  loop->stop();
}

}  // namespace

Result<Response> fetch(Request request, std::chrono::milliseconds connect, std::chrono::milliseconds limit) {
  return fetch(std::move(request), {.connect = connect, .limit = limit});
}

Result<Response> fetch(Request request, const FetchOptions& asked) {
  CurlLoopOptions options;
  options.connect_timeout = asked.connect;
  options.proxies = asked.proxies;
  options.ca_file = asked.ca_file;
  auto loop = CurlLoop::create(options);
  if (!loop) return unexpected(loop.error());
  std::stop_source stop;
  bool late = false;
  std::optional<Result<Response>> answer;
  (*loop)->after(asked.limit, [&] {
    late = true;
    stop.request_stop();
  });
  (*loop)->post([&] {
    scheduler::start(ask(loop->get(), std::move(request), asked.steps, stop.get_token(), &answer));
  });
  (*loop)->run();
  if (answer && *answer) return *std::move(answer);
  if (late) return fail(ErrorKind::timeout, fmt::format("no answer within {} ms", asked.limit.count()));
  return answer ? *std::move(answer) : fail(ErrorKind::internal, "the loop ended without an answer");
}

}  // namespace sluice::io
