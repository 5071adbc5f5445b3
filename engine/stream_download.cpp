#include "engine/stream_download.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/plan.h"
#include "io/file_sink.h"
#include "scheduler/guarded.h"
#include "scheduler/latch.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

class StreamDownload {
 public:
  StreamDownload(TransferContext* context, std::shared_ptr<Store> store, Ref from, StreamWriter write,
                 ObjectInfo info, std::uint64_t first, Plan plan)
      : context_(context),
        store_(std::move(store)),
        from_(std::move(from)),
        write_(std::move(write)),
        info_(std::move(info)),
        first_(first),
        plan_(plan) {}

  Task<Result<TransferReport>> run(Worker* home) {
    const std::uint64_t by_memory = context_->runtime->options.memory / 2 / plan_.part_size;
    const std::uint64_t ahead =
        std::clamp<std::uint64_t>(by_memory, 1, context_->runtime->requests_beside_slots());
    pieces_.resize(std::min(ahead, plan_.count));
    for (std::uint64_t i = 0; i < pieces_.size(); ++i) start(home, i);

    auto done = co_await scheduler::guarded([&] { return hand_on(home); });
    if (!done) {
      context_->stop.request_stop();
      for (Piece& piece : pieces_)
        if (piece.ready) co_await piece.ready->wait(home->loop());
      co_return unexpected(done.error());
    }
    PutReply stored;
    if (whole()) stored = published(info_);
    auto same = verify(all_, stored, store_->url(from_));
    if (!same) co_return unexpected(same.error());
    TransferReport report = report_of(*context_, plan_.size, nullptr);
    report.etag = info_.etag;
    report.crc64 = all_.crc64;
    report.checked = *same;
    co_return report;
  }

 private:
  struct Piece {
    std::string bytes;
    std::unique_ptr<scheduler::Latch> ready;
    io::DigestValues digests;
    std::optional<Error> failed;
  };

  bool whole() const { return plan_.size == info_.size; }

  /// One piece after the other as they come; each makes room for the next.
  Task<Result<void>> hand_on(Worker* home) {
    for (std::uint64_t index = 0; index < plan_.count; ++index) {
      Piece& piece = pieces_[index % pieces_.size()];
      co_await piece.ready->wait(home->loop());
      piece.ready.reset();
      if (piece.failed) co_return unexpected(*piece.failed);
      auto taken = co_await writer_.run(home->loop(), [&] { return write_(piece.bytes); });
      if (!taken) co_return taken;
      all_ = io::combine(all_, piece.digests);
      ++context_->tally->parts;
      context_->meter->part_done(piece.bytes.size());
      if (index + pieces_.size() < plan_.count) start(home, index + pieces_.size());
    }
    co_return Result<void>();
  }

  void start(Worker* home, std::uint64_t index) {
    Piece& piece = pieces_[index % pieces_.size()];
    piece.ready = std::make_unique<scheduler::Latch>(1);
    Worker& carrier = home->workers().next_worker();
    home->workers().spawn(carrier.index(), fetch(&carrier, &piece, index));
  }

  Task<void> fetch(Worker* worker, Piece* piece, std::uint64_t index) {
    auto done = co_await scheduler::guarded([&] { return get(worker, piece, index); });
    if (!done) piece->failed = done.error();
    piece->ready->count_down();
  }

  Task<Result<void>> get(Worker* worker, Piece* piece, std::uint64_t index) {
    PartRange range = plan_.part(index);
    range.offset += first_;
    const auto places = co_await context_->runtime->limits->take(
        scheduler::kDown, worker->loop(), slots_for(range.length), context_->token());
    piece->bytes.resize(range.length);
    io::ExpectedRange expected;
    expected.first = range.offset;
    expected.length = range.length;
    expected.total = info_.size;
    expected.etag = info_.etag;
    const auto digests = digests_told(published(info_));
    const auto sink = io::memory_sink(&piece->bytes, 0, range.length, digests, expected);
    GetOptions get;
    get.if_match = info_.etag;
    if (plan_.count > 1 || !whole()) {
      io::ByteRange bytes;
      bytes.first = range.offset;
      bytes.last = range.offset + range.length - 1;
      get.range = bytes;
    }
    auto reply = co_await store_->get(context_->call(*worker), from_, std::move(get), sink.get());
    if (!reply) co_return unexpected(reply.error());
    context_->tally->reply(*reply);
    if (auto ended = sink->finish(); !ended) co_return ended;
    piece->digests = sink->digests();
    co_return Result<void>();
  }

  TransferContext* const context_;
  const std::shared_ptr<Store> store_;
  const Ref from_;
  const StreamWriter write_;
  const ObjectInfo info_;
  const std::uint64_t first_;
  const Plan plan_;
  std::vector<Piece> pieces_;
  io::DigestValues all_ = io::digests_of_nothing();
  scheduler::BlockingPool writer_{1};  // the callback may block for as long as it likes
};

}  // namespace

Result<std::uint64_t> length_of(const std::optional<ByteSpan>& range, std::uint64_t size) {
  if (!range) return size;
  if (range->first >= size)
    return fail(ErrorKind::argument,
                fmt::format("the range begins at {}, the object has {} bytes", range->first, size));
  const std::uint64_t last = std::min(range->last.value_or(size - 1), size - 1);
  if (last < range->first) return fail(ErrorKind::argument, "the range ends before it begins");
  return last - range->first + 1;
}

Task<Result<TransferReport>> download_stream(Worker* home, TransferContext* context,
                                             std::shared_ptr<Store> store, Ref from, StreamWriter write) {
  if (auto fine = store->check(from); !fine) co_return unexpected(fine.error());
  auto info = co_await store->head(context->call(*home), from);
  if (!info) co_return unexpected(info.error());
  context->tally->reply(info->reply);
  auto length = length_of(context->options.range, info->size);
  if (!length) co_return unexpected(length.error());
  const std::uint64_t first = context->options.range ? context->options.range->first : 0;
  // Ranges of a download may have any size: they follow the memory, not the store.
  const std::uint64_t most = std::max<std::uint64_t>(64u << 10, context->runtime->options.memory / 8);
  const TransferOptions& options = context->options;
  const std::uint64_t wanted = options.part_size ? options.part_size : usual_part(options);
  auto plan = plan_download(*length, std::min(wanted, most), kAnyCount);
  if (!plan) co_return unexpected(plan.error());
  context->meter->set_total(*length, plan->count);
  StreamDownload transfer(context, std::move(store), std::move(from), std::move(write), std::move(*info),
                          first, *plan);
  co_return co_await transfer.run(home);
}

}  // namespace sluice::engine
