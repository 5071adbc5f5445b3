#include "engine/copy_stream.h"

#include "io/file_sink.h"
#include "io/file_source.h"
#include "scheduler/guarded.h"
#include "scheduler/latch.h"
#include "scheduler/sleep.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

constexpr std::size_t kPipeBytes = 1u << 20;
constexpr int kMostForms = 2;  // checksums left out, payloads signed

}  // namespace

Task<Result<PutReply>> CopyStream::run(Worker* worker, Put put) {
  const scheduler::RetryPolicy policy{context_->runtime->options.max_attempts};
  int forms_tried = 0;
  for (int attempt = 1;; ++attempt) {
    const unsigned forms = spec_.to_store->forms_learned();
    auto stored = co_await once(worker, put);
    if (!stored && spec_.to_store->forms_learned() != forms && forms_tried++ < kMostForms) {
      ++context_->tally->retries;
      continue;
    }
    if (stored) {
      auto same = verify(values_, *stored, spec_.to_store->url(spec_.to));
      if (same) co_return stored;
      stored = unexpected(same.error());
      if (attempt >= 2) co_return stored;  // the link may have lied once; twice is not the link
    } else if (!is_retryable(stored.error()) || attempt >= policy.max_attempts) {
      co_return stored;
    }
    ++context_->tally->retries;
    const double even = 0.5 + 0.5 * static_cast<double>(attempt % 2);
    if (!co_await scheduler::sleep_for(worker->loop(), policy.pause(attempt, even), context_->token()))
      co_return stored;
  }
}

Task<Result<PutReply>> CopyStream::once(Worker* worker, const Put& put) {
  const bool fits = range_.length <= context_->runtime->options.memory;
  if (fits && spec_.to_store->may_read_twice()) {
    auto turn = co_await context_->runtime->held.take(worker->loop(), range_.length, context_->token());
    if (!turn) co_return fail(ErrorKind::cancelled, "cancelled");
    // While it waited another range may have found out what the endpoint takes.
    if (spec_.to_store->may_read_twice()) co_return co_await held(worker, put);
    turn.release();
  }
  co_return co_await piped(worker, put);
}

Task<Result<PutReply>> CopyStream::held(Worker* worker, const Put& put) {
  auto room = co_await context_->runtime->memory.take(worker->loop(), range_.length, context_->token());
  if (!room) co_return fail(ErrorKind::cancelled, "cancelled");
  std::string bytes(range_.length, '\0');
  const auto sink = io::memory_sink(&bytes, 0, range_.length, digests_, expected());
  if (auto got = co_await get(worker, sink.get()); !got) co_return unexpected(got.error());
  if (auto ended = sink->finish(); !ended) co_return unexpected(ended.error());
  values_ = sink->digests();
  const auto source = io::memory_source(bytes);
  co_return co_await put(context_->call(*worker), source.get());
}

Task<Result<PutReply>> CopyStream::piped(Worker* worker, const Put& put) {
  io::Pipe pipe(range_.length, context_->runtime->buffer_share(64u << 10, kPipeBytes), digests_, expected());
  scheduler::Latch fetched(1);
  std::optional<Error> failed;
  scheduler::start(fill(worker, &pipe, &failed), [&fetched] { fetched.count_down(); });
  auto stored = co_await scheduler::guarded([&] { return put(context_->call(*worker), &pipe.source()); });
  if (!stored) pipe.fail(stored.error());
  co_await fetched.wait(worker->loop());
  values_ = pipe.digests();
  // The cause is the end that failed first; the other one only heard of it.
  if (!stored && failed) co_return unexpected(*failed);
  co_return stored;
}

Task<void> CopyStream::fill(Worker* worker, io::Pipe* pipe, std::optional<Error>* failed) {
  auto ended = co_await scheduler::guarded([&] { return get(worker, &pipe->sink()); });
  if (ended) ended = pipe->end_of_input();
  if (ended) co_return;
  if (!pipe->failure()) *failed = ended.error();
  pipe->fail(ended.error());
}

Task<Result<void>> CopyStream::get(Worker* worker, io::BodySink* sink) {
  GetOptions get;
  get.if_match = info_.etag;
  if (range_.length != info_.size) {
    io::ByteRange bytes;
    bytes.first = range_.offset;
    bytes.last = range_.offset + range_.length - 1;
    get.range = bytes;
  }
  auto reply = co_await spec_.from_store->get(context_->call(*worker), spec_.from, std::move(get), sink);
  if (!reply) co_return unexpected(reply.error());
  context_->tally->reply(*reply);
  co_return Result<void>();
}

io::ExpectedRange CopyStream::expected() const {
  io::ExpectedRange expected;
  expected.first = range_.offset;
  expected.length = range_.length;
  expected.total = info_.size;
  expected.etag = info_.etag;
  return expected;
}

}  // namespace sluice::engine
