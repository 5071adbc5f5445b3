#include "engine/upload.h"

#include <unistd.h>

#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "engine/multipart_session.h"
#include "engine/parts_job.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

class FileBytes final : public UploadBytes {
 public:
  explicit FileBytes(std::shared_ptr<io::SourceFile> file) : file_(std::move(file)) {}
  std::uint64_t size() const override { return file_->size(); }
  std::unique_ptr<io::PartSource> part(PartRange range, io::DigestFlags digests) const override {
    return file_->part(range.offset, range.length, digests);
  }
  Result<void> still_same() const override { return file_->still_same(); }
  std::string fingerprint() const override { return file_->fingerprint().text(); }
  std::string name() const override {
    std::error_code ignored;
    const auto absolute = std::filesystem::absolute(file_->path(), ignored);
    return ignored ? file_->path() : absolute.lexically_normal().string();
  }

 private:
  std::shared_ptr<io::SourceFile> file_;
};

class MemoryBytes final : public UploadBytes {
 public:
  explicit MemoryBytes(std::span<const char> bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::unique_ptr<io::PartSource> part(PartRange range, io::DigestFlags digests) const override {
    return io::memory_source(bytes_.subspan(range.offset, range.length), digests);
  }
  Result<void> still_same() const override { return {}; }
  std::string fingerprint() const override { return {}; }
  std::string name() const override { return "memory"; }

 private:
  std::span<const char> bytes_;
};

class HeldBytes final : public UploadBytes {
 public:
  HeldBytes(std::unique_ptr<char[]> bytes, std::uint64_t size) : bytes_(std::move(bytes)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::unique_ptr<io::PartSource> part(PartRange range, io::DigestFlags digests) const override {
    return io::memory_source(std::span<const char>(bytes_.get() + range.offset, range.length), digests);
  }
  Result<void> still_same() const override { return {}; }
  std::string fingerprint() const override { return {}; }
  std::string name() const override { return "memory"; }

 private:
  const std::unique_ptr<char[]> bytes_;
  const std::uint64_t size_;
};

/// A store that answers no checksum of its own (some S3 compatibles) still answers an MD5 as ETag: the
/// bytes are then read once more for it.
bool only_etag_can_tell(const std::string& how, const PutReply& stored) {
  return how == "size" && etag_is_md5(stored);
}

/// Compares what was sent with what the store answered; answers how, and adds to `sent` what it took.
Task<Result<std::string>> check_stored(Worker* worker, TransferContext* context, const UploadBytes* from,
                                       PartRange range, io::DigestValues* sent, const PutReply* stored,
                                       std::string what) {
  auto how = verify(*sent, *stored, what);
  if (!how || !only_etag_can_tell(*how, *stored)) co_return how;
  auto again = co_await context->runtime->pool.run(worker->loop(),
                                                   [&] { return digest_range(*from, range, io::kMd5); });
  if (!again) co_return unexpected(again.error());
  sent->md5_hex = again->md5_hex;
  co_return verify(*sent, *stored, what);
}

class PartsUpload {
 public:
  PartsUpload(TransferContext* context, std::shared_ptr<UploadBytes> from, std::shared_ptr<Store> store,
              Ref to, const Plan& plan)
      : context_(context),
        from_(std::move(from)),
        store_(std::move(store)),
        to_(std::move(to)),
        digests_(digests_for(store_->dialect())),
        session_(context, spec(plan)) {}

  Task<Result<TransferReport>> run(Worker* home) {
    if (auto opened = co_await session_.open(home); !opened) co_return unexpected(opened.error());
    auto done = co_await parts_and_complete(home);
    auto closed = co_await session_.close(home);
    if (!done) co_return unexpected(done.error());
    if (!closed) context_->tally->note(closed.error().describe());
    TransferReport report = report_of(*context_, from_->size(), job_.get());
    report.etag = done->etag;
    report.crc64 = session_.whole().crc64;
    report.crc32c = session_.whole().crc32c;
    report.checked = session_.checked();
    co_return report;
  }

 private:
  SessionSpec spec(const Plan& plan) const {
    SessionSpec spec;
    spec.store = store_;
    spec.to = to_;
    spec.key.kind = "upload";
    spec.source_fingerprint = from_->fingerprint();
    spec.key.source = from_->name();
    // Two transfers of what cannot be told apart must not meet in one record.
    if (spec.source_fingerprint.empty())
      spec.key.source += fmt::format(" of process {} at {}", ::getpid(), static_cast<const void*>(this));
    spec.key.target = store_->identity() + " " + store_->url(to_);
    spec.plan = plan;
    spec.put = put_options(context_->options, to_.key);
    spec.redigest = [this](PartRange range) { return digest_range(*from_, range, digests_); };
    return spec;
  }

  Task<Result<PutReply>> parts_and_complete(Worker* home) {
    if (session_.completed_before()) co_return *session_.completed_before();
    job_ = std::make_shared<PartsJob>(
        session_.missing(), slots_for(session_.plan().part_size),
        [this](Worker& worker, std::uint64_t index) { return part(&worker, index); },
        context_->stop);
    job_->keep_to(*context_->runtime->limits, scheduler::kUp);
    auto sent = co_await PartsJob::run_all(home, job_, context_->in_slot);
    if (!sent) co_return unexpected(sent.error());
    auto same = co_await context_->runtime->pool.run(home->loop(), [this] { return from_->still_same(); });
    if (!same) co_return unexpected(same.error());
    co_return co_await session_.complete(home);
  }

  Task<Result<void>> part(Worker* worker, std::uint64_t index) {
    const std::uint32_t number = session_.number_of(index);
    const PartRange range = session_.plan().part(index);
    const auto source = from_->part(range, digests_);
    auto stored = co_await store_->upload_part(context_->call(*worker), to_, session_.upload_id(), number,
                                               source.get());
    if (!stored) co_return unexpected(stored.error());
    io::DigestValues sent = source->digests();
    auto same = co_await check_stored(worker, context_, from_.get(), range, &sent, &*stored,
                                      fmt::format("part {}", number));
    if (!same) co_return unexpected(same.error());
    session_.part_done(*worker, index, sent, *stored);
    co_return Result<void>();
  }

  TransferContext* const context_;
  const std::shared_ptr<UploadBytes> from_;
  const std::shared_ptr<Store> store_;
  const Ref to_;
  const io::DigestFlags digests_;
  MultipartSession session_;
  std::shared_ptr<PartsJob> job_;
};

}  // namespace

std::shared_ptr<UploadBytes> file_bytes(std::shared_ptr<io::SourceFile> file) {
  return std::make_shared<FileBytes>(std::move(file));
}
Result<std::shared_ptr<UploadBytes>> open_bytes(const std::string& path, FileIo io, std::uint64_t at_once) {
  auto file = io::SourceFile::open(path, io);
  if (!file) return unexpected(file.error());
  if ((*file)->size() > at_once) return file_bytes(std::move(*file));
  const std::uint64_t size = (*file)->size();
  auto bytes = std::make_unique_for_overwrite<char[]>(size);
  if (auto read = (*file)->read_whole(std::span(bytes.get(), size)); !read) return unexpected(read.error());
  return held_bytes(std::move(bytes), size);
}
std::shared_ptr<UploadBytes> held_bytes(std::unique_ptr<char[]> bytes, std::uint64_t size) {
  return std::make_shared<HeldBytes>(std::move(bytes), size);
}
std::shared_ptr<UploadBytes> memory_bytes(std::span<const char> bytes) {
  return std::make_shared<MemoryBytes>(bytes);
}

Result<io::DigestValues> digest_range(const UploadBytes& bytes, PartRange range, io::DigestFlags digests) {
  const auto source = bytes.part(range, digests);
  std::vector<char> buffer(256u << 10);
  while (true) {
    auto count = source->read(buffer);
    if (!count) return unexpected(count.error());
    if (*count == 0) return source->digests();
  }
}

std::uint64_t single_request_limit(const TransferOptions& options, const Limits& limits) {
  const std::uint64_t wanted = options.threshold   ? options.threshold
                               : options.part_size ? options.part_size
                                                   : kDefaultThreshold;
  return std::min(wanted, limits.max_put);
}

Task<Result<TransferReport>> put_whole(Worker* home, TransferContext* context,
                                       std::shared_ptr<UploadBytes> from, std::shared_ptr<Store> store,
                                       Ref to, PutOptions options) {
  PartRange all;
  all.length = from->size();
  const auto source = from->part(all, digests_for(store->dialect()));
  auto stored = co_await store->put(context->call(*home), to, source.get(), std::move(options));
  if (!stored) co_return unexpected(stored.error());
  context->tally->reply(stored->reply);
  ++context->tally->parts;
  io::DigestValues sent = source->digests();
  auto same = co_await check_stored(home, context, from.get(), all, &sent, &*stored, store->url(to));
  if (!same) {
    (void)co_await store->remove(context->call(*home), to);
    co_return unexpected(same.error());
  }
  context->meter->part_done(all.length);
  TransferReport report = report_of(*context, all.length, nullptr);
  report.etag = stored->etag;
  report.crc64 = sent.crc64;
  report.crc32c = sent.crc32c;
  report.checked = *same;
  co_return report;
}

Task<Result<TransferReport>> upload(Worker* home, TransferContext* context, std::shared_ptr<UploadBytes> from,
                                    std::shared_ptr<Store> store, Ref to) {
  if (auto fine = store->check(to); !fine) co_return unexpected(fine.error());
  const std::uint64_t size = from->size();
  if (size <= single_request_limit(context->options, store->dialect().limits)) {
    context->set_total(size, 1);
    co_return co_await put_whole(home, context, from, store, to, put_options(context->options, to.key));
  }
  auto plan =
      plan_upload(size, context->options.part_size, store->dialect().limits, usual_part(context->options));
  if (!plan) co_return unexpected(plan.error());
  PartsUpload parts(context, from, store, to, *plan);
  co_return co_await parts.run(home);
}

}  // namespace sluice::engine
