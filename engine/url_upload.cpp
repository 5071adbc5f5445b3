#include "engine/url_upload.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/plan.h"
#include "engine/stream_upload.h"
#include "engine/url_read.h"
#include "scheduler/guarded.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

/// What the server says goes with the object, unless the caller says otherwise.
void take_properties(const UrlHead& head, TransferOptions& options) {
  if (options.content_type.empty()) options.content_type = head.content_type;
  const std::string name = "Content-Encoding";
  const bool said = std::any_of(options.headers.begin(), options.headers.end(), [&](const auto& header) {
    return io::equal_ignoring_case(header.first, name);
  });
  const std::string& coding = head.content_encoding;
  const bool coded = !coding.empty() && !io::equal_ignoring_case(coding, "identity");
  if (!said && coded) options.headers[name] = coding;
}

/// A length that is known makes a progress, and need not be found too large at the last part.
Result<void> take_length(const UrlHead& head, TransferContext* context, const Limits& limits) {
  if (!head.length) return {};
  const auto plan = StreamPlan::create(context->options.part_size, limits);
  if (!plan) return unexpected(plan.error());
  if (*head.length > std::min(limits.max_object, plan->capacity()))
    return fail(ErrorKind::argument,
                fmt::format("{} bytes are more than the store's largest object, or its most parts of this size",
                            *head.length));
  std::uint64_t parts = 0;
  for (std::uint64_t bytes = 0; bytes < *head.length; ++parts) bytes += plan->size_of(parts);
  context->set_total(*head.length, std::max<std::uint64_t>(parts, 1));
  return {};
}

Task<Result<TransferReport>> store_it(Worker* home, TransferContext* context, UrlRead* source,
                                      std::shared_ptr<Store> store, Ref to) {
  auto head = co_await source->head();
  if (!head) co_return unexpected(head.error());
  take_properties(*head, context->options);
  if (auto taken = take_length(*head, context, store->dialect().limits); !taken)
    co_return unexpected(taken.error());
  StreamReader read = [source](std::span<char> into) { return source->bytes().read(into); };
  co_return co_await upload_stream(home, context, std::move(read), store, to);
}

}  // namespace

Task<Result<TransferReport>> upload_url(Worker* home, TransferContext* context, std::string url,
                                        std::shared_ptr<Store> store, Ref to) {
  if (auto fine = store->check(to); !fine) co_return unexpected(fine.error());
  auto from = io::parse_web_url(url);
  if (!from)
    co_return fail(ErrorKind::argument, "the source is no URL of a web server",
                   "write http://host/path or https://host/path");
  UrlRead source(home, context, *std::move(from));
  scheduler::Latch ended(1);
  scheduler::start(source.run(), [&ended] { ended.count_down(); });
  auto stored = co_await scheduler::guarded([&] { return store_it(home, context, &source, store, to); });
  source.stop();
  co_await ended.wait(home->loop());
  co_return stored;
}

}  // namespace sluice::engine
