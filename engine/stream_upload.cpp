#include "engine/stream_upload.h"

#include <unistd.h>

#include <map>

#include <fmt/format.h>

#include "engine/multipart_session.h"
#include "engine/plan.h"
#include "engine/spool.h"
#include "io/state_store.h"
#include "io/walk.h"
#include "scheduler/guarded.h"
#include "scheduler/latch.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

class StreamUpload {
 public:
  StreamUpload(TransferContext* context, StreamReader read, std::shared_ptr<Store> store, Ref to,
               StreamPlan plan)
      : context_(context),
        read_(std::move(read)),
        store_(std::move(store)),
        to_(std::move(to)),
        plan_(plan),
        digests_(digests_for(store_->dialect())),
        requests_(context->runtime->requests_beside_slots()) {}

  Task<Result<TransferReport>> run(Worker* home) {
    auto first = co_await next_piece(home, 0);
    if (!first) co_return unexpected(first.error());
    if (first->last) co_return co_await put_whole(home, std::move(*first));
    auto begun = co_await begin(home);
    if (!begun) co_return unexpected(begun.error());
    auto sent = co_await scheduler::guarded([&] { return send_all(home, std::move(*first)); });
    co_await pending_.wait(home->loop());
    if (!sent) fail_with(sent.error());
    Result<PutReply> stored = unexpected(failed_.value_or(Error()));
    if (!failed_) stored = co_await complete(home);
    co_await end(home, stored.has_value());
    if (!stored) co_return unexpected(stored.error());
    TransferReport report = report_of(*context_, bytes_, nullptr);
    report.etag = stored->etag;
    report.crc64 = whole().crc64;
    report.crc32c = whole().crc32c;
    report.checked = checked_;
    co_return report;
  }

 private:
  struct Piece {
    std::shared_ptr<UploadBytes> bytes;
    scheduler::Ticket memory;
    bool last = false;
  };

  Task<Result<Piece>> next_piece(Worker* home, std::uint64_t index) {
    Runtime& runtime = *context_->runtime;
    const std::uint64_t size = plan_.size_of(index);
    const bool on_disk = size > runtime.options.memory / 8;
    Piece piece;
    piece.memory = co_await runtime.memory.take(home->loop(), on_disk ? 1u << 20 : size, context_->token());
    if (!piece.memory) co_return fail(ErrorKind::cancelled, "cancelled");
    const std::string directory = on_disk ? runtime.options.state_dir : std::string();
    auto read = co_await reader_.run(home->loop(), [&]() -> Result<Spooled> {
      if (on_disk)
        if (auto made = io::make_directories(directory, 0700); !made) return unexpected(made.error());
      return spool(read_, size, directory);
    });
    if (!read) co_return unexpected(read.error());
    piece.bytes = std::move(read->bytes);
    piece.last = read->last;
    co_return piece;
  }

  Task<Result<TransferReport>> put_whole(Worker* home, Piece piece) {
    context_->meter->set_total(piece.bytes->size(), 1);
    co_return co_await upload(home, context_, piece.bytes, store_, to_);
  }

  /// The record lets `uploads gc` find what a killed process leaves; nothing resumes from it.
  Task<Result<void>> begin(Worker* home) {
    auto& pool = context_->runtime->pool;
    io::TransferKey key;
    key.kind = "upload";
    key.source = fmt::format("stream of process {} at {}", ::getpid(), static_cast<const void*>(this));
    key.target = store_->identity() + " " + store_->url(to_);
    auto opened = co_await pool.run(home->loop(), [&]() -> Result<void> {
      auto state = io::StateStore::open(context_->runtime->options.state_dir, key);
      if (!state) return unexpected(state.error());
      state_ = std::move(*state);
      io::TransferRecord record;
      record.target_identity = store_->identity();
      record.bucket = to_.bucket;
      record.object = to_.key;
      return state_->begin(record);
    });
    if (!opened) co_return opened;
    auto id =
        co_await store_->create_upload(context_->call(*home), to_, put_options(context_->options, to_.key));
    if (!id) {
      const auto let_go = [this, nothing = surely_not_created(id.error())] {
        if (nothing) (void)state_->remove();
        state_.reset();
      };
      co_await pool.run(home->loop(), let_go);
      co_return unexpected(id.error());
    }
    ++context_->tally->requests;
    upload_id_ = id->id;
    co_return co_await pool.run(home->loop(), [this] { return state_->set_upload_id(upload_id_); });
  }

  Task<Result<void>> send_all(Worker* home, Piece piece) {
    const std::uint64_t most = store_->dialect().limits.max_parts;
    for (std::uint64_t index = 0;; ++index) {
      if (piece.bytes->size() > 0 || index == 0) {
        if (index == most)
          co_return fail(ErrorKind::argument, "the stream is longer than the store's largest object");
        auto request = co_await requests_.take(home->loop(), 1, context_->token());
        if (!request) co_return fail(ErrorKind::cancelled, "cancelled");
        bytes_ += piece.bytes->size();
        const bool last = piece.last;
        pending_.add(1);
        Worker& carrier = home->workers().next_worker();
        home->workers().spawn(carrier.index(), send(&carrier, index, std::move(piece), std::move(request)));
        if (last) co_return Result<void>();
      } else {
        co_return Result<void>();
      }
      auto next = co_await next_piece(home, index + 1);
      if (!next) co_return unexpected(next.error());
      piece = std::move(*next);
    }
  }

  Task<void> send(Worker* worker, std::uint64_t index, Piece piece, scheduler::Ticket request) {
    auto done = co_await scheduler::guarded([&] { return send_piece(worker, index, piece.bytes); });
    if (!done) fail_with(done.error());
    request.release();
    piece.memory.release();
    pending_.count_down();
  }

  Task<Result<void>> send_piece(Worker* worker, std::uint64_t index, std::shared_ptr<UploadBytes> bytes) {
    const auto number = static_cast<std::uint32_t>(index) + store_->dialect().limits.first_part;
    PartRange range;
    range.length = bytes->size();
    const auto places = co_await context_->runtime->limits->take(
        scheduler::kUp, worker->loop(), slots_for(range.length), context_->token());
    const auto source = bytes->part(range, digests_);
    auto stored =
        co_await store_->upload_part(context_->call(*worker), to_, upload_id_, number, source.get());
    if (!stored) co_return unexpected(stored.error());
    const io::DigestValues sent = source->digests();
    if (auto same = verify(sent, *stored, fmt::format("part {}", number)); !same)
      co_return unexpected(same.error());
    context_->tally->reply(stored->reply);
    ++context_->tally->parts;
    context_->meter->part_done(range.length);
    PartInfo part;
    part.number = number;
    part.size = range.length;
    part.etag = stored->etag;
    part.crc64 = sent.crc64;
    part.crc32c = stored->crc32c ? sent.crc32c : std::nullopt;
    std::lock_guard lock(mutex_);
    parts_[number] = std::move(part);
    co_return Result<void>();
  }

  void fail_with(const Error& error) {
    {
      std::lock_guard lock(mutex_);
      if (!failed_) failed_ = error;
    }
    context_->stop.request_stop();
  }

  io::DigestValues whole() const {
    io::DigestValues all = io::digests_of_nothing();
    for (const auto& [number, part] : parts_) {
      io::DigestValues one;
      one.bytes = part.size;
      one.crc64 = part.crc64;
      one.crc32c = part.crc32c;
      all = io::combine(all, one);
    }
    return all;
  }

  Task<Result<PutReply>> complete(Worker* home) {
    std::vector<PartInfo> parts;
    for (const auto& [number, part] : parts_) parts.push_back(part);
    const io::DigestValues all = whole();
    CompleteOptions options;
    options.crc32c = all.crc32c;
    options.forbid_overwrite = context_->options.forbid_overwrite;
    auto stored = co_await store_->complete_upload(context_->call(*home), to_, upload_id_, std::move(parts),
                                                   std::move(options));
    if (!stored) co_return stored;
    context_->tally->reply(stored->reply);
    auto same = verify(all, *stored, store_->url(to_));
    if (!same) {
      (void)co_await store_->remove(context_->call(*home), to_);
      co_return unexpected(same.error());
    }
    checked_ = *same;
    co_return stored;
  }

  /// Nobody can resume it: what was sent is removed, also when the transfer was cancelled.
  Task<void> end(Worker* home, bool stored) {
    bool settled = stored;
    if (!stored) {
      auto aborted = co_await store_->abort_upload(call_on(*home, std::stop_token()), to_, upload_id_);
      settled = aborted.has_value() || is_not_found(aborted.error());
    }
    const auto forget = [this, settled] {
      if (settled) (void)state_->remove();
      state_.reset();
    };
    co_await context_->runtime->pool.run(home->loop(), forget);
  }

  TransferContext* const context_;
  const StreamReader read_;
  const std::shared_ptr<Store> store_;
  const Ref to_;
  const StreamPlan plan_;
  const io::DigestFlags digests_;
  scheduler::Budget requests_;
  scheduler::BlockingPool reader_{1};  // the reader may block for as long as it likes
  scheduler::Latch pending_{0};
  std::unique_ptr<io::StateStore> state_;
  std::string upload_id_;
  std::uint64_t bytes_ = 0;
  std::mutex mutex_;
  std::map<std::uint32_t, PartInfo> parts_;
  std::optional<Error> failed_;
  std::string checked_ = "size";
};

}  // namespace

Task<Result<TransferReport>> upload_stream(Worker* home, TransferContext* context, StreamReader read,
                                           std::shared_ptr<Store> store, Ref to) {
  if (auto fine = store->check(to); !fine) co_return unexpected(fine.error());
  auto plan = StreamPlan::create(context->options.part_size, store->dialect().limits);
  if (!plan) co_return unexpected(plan.error());
  StreamUpload transfer(context, std::move(read), std::move(store), std::move(to), *plan);
  co_return co_await transfer.run(home);
}

}  // namespace sluice::engine
