#include "engine/copy.h"

#include "engine/copy_properties.h"
#include "engine/copy_small.h"
#include "engine/copy_stream.h"
#include "engine/copy_target.h"
#include "engine/multipart_session.h"
#include "engine/parts_job.h"
#include "engine/upload.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

// One request up to here: the store answers at once or keeps the connection open while it copies, and
// beyond it the parts' progress and resume are worth more than the requests saved.
constexpr std::uint64_t kServerSideSingle = 1ull << 30;

/// The checksums of the source as it describes itself, to hold against the target.
io::DigestValues described(const ObjectInfo& info) {
  io::DigestValues values;
  values.bytes = info.size;
  values.crc64 = info.crc64;
  values.crc32c = info.crc32c;
  values.crc64nvme = info.crc64nvme;
  return values;
}

/// The answer's ETag is the source's, an MD5 by its form. Another one proves nothing: of a listed object
/// nobody has told whether it is ciphered.
bool same_md5(const PutReply& source, const PutReply& copy) {
  return etag_is_md5(source) && etag_is_md5(copy) && io::equal_ignoring_case(source.etag, copy.etag);
}

bool sets_metadata(const TransferOptions& options) {
  return !options.content_type.empty() || !options.metadata.empty() || !options.headers.empty();
}

std::uint64_t single_limit(const TransferContext& context, const CopySpec& spec) {
  const Limits& limits = spec.to_store->dialect().limits;
  if (!spec.same_store) return single_request_limit(context.options, limits);
  if (context.options.threshold || context.options.part_size)
    return std::min(single_request_limit(context.options, limits), limits.max_copy);
  return std::min(kServerSideSingle, limits.max_copy);
}

/// A listing tells size and ETag: enough where nobody has to be told the source's properties, or where they
/// come with the bytes.
bool listing_is_enough(const TransferContext& context, const CopySpec& spec) {
  const std::uint64_t size = spec.info->size;
  if (!spec.same_store) return size <= small_copy_limit(context, spec.to_store->dialect().limits);
  return size <= single_limit(context, spec) && !sets_metadata(context.options);
}

class Copy {
 public:
  Copy(TransferContext* context, CopySpec spec)
      : context_(context),
        spec_(std::move(spec)),
        info_(*spec_.info),
        put_(with_source_properties(context->options, info_, spec_.to.key)),
        digests_(digests_for(spec_.to_store->dialect()) | digests_for(spec_.from_store->dialect()) |
                 digests_told(published(info_))) {}

  Task<Result<TransferReport>> run(Worker* home) {
    if (info_.size <= single_limit(*context_, spec_)) {
      context_->set_total(info_.size, 1);
      if (spec_.same_store) co_return co_await copy_whole(home);
      co_return co_await stream_whole(home);
    }
    auto plan = plan_upload(info_.size, context_->options.part_size, spec_.to_store->dialect().limits,
                            usual_part(context_->options));
    if (!plan) co_return unexpected(plan.error());
    co_return co_await in_parts(home, *plan);
  }

 private:
  Task<Result<TransferReport>> finish_whole(Worker* home, PutReply stored, io::DigestValues sent) {
    auto how = verify(sent, stored, spec_.to_store->url(spec_.to));
    if (!how) {
      (void)co_await spec_.to_store->remove(context_->call(*home), spec_.to);
      co_return unexpected(how.error());
    }
    if (*how == "size" && spec_.same_store && same_md5(published(info_), stored)) *how = "md5";
    // The answer may say little (CopyObject answers no checksum in some stores): ask.
    if (*how == "size") {
      auto asked = co_await ask_target(home, context_, spec_.to_store, spec_.to, sent);
      if (!asked) co_return unexpected(asked.error());
      how = asked->how;
      if (stored.etag.empty()) stored.etag = asked->etag;
    }
    context_->tally->reply(stored.reply);
    ++context_->tally->parts;
    context_->meter->part_done(info_.size);
    TransferReport report = report_of(*context_, info_.size, nullptr);
    report.etag = stored.etag;
    report.crc64 = sent.crc64 ? sent.crc64 : stored.crc64;
    report.checked = *how;
    co_return report;
  }

  /// A copy that changes nothing leaves every property to the store, which knows more of them than we do.
  PutOptions copy_options() const {
    if (sets_metadata(context_->options)) return put_;
    PutOptions bare;
    bare.storage_class = put_.storage_class;
    bare.acl = put_.acl;
    bare.tags = put_.tags;
    bare.forbid_overwrite = put_.forbid_overwrite;
    return bare;
  }

  Task<Result<TransferReport>> copy_whole(Worker* home) {
    auto stored = co_await spec_.to_store->copy(context_->call(*home), spec_.from, spec_.to, copy_options(),
                                                info_.etag);
    if (!stored) co_return unexpected(stored.error());
    co_return co_await finish_whole(home, std::move(*stored), described(info_));
  }

  Task<Result<TransferReport>> stream_whole(Worker* home) {
    PartRange everything;
    everything.length = info_.size;
    const auto places = co_await context_->runtime->limits->take(
        scheduler::kBothWays, home->loop(), slots_for(everything.length), context_->token());
    CopyStream stream(context_, spec_, everything, info_, digests_);
    CopyStream::Put put = [this](Call call, io::BodySource* source) {
      return spec_.to_store->put(std::move(call), spec_.to, source, put_);
    };
    auto stored = co_await stream.run(home, std::move(put));
    if (!stored) co_return unexpected(stored.error());
    io::DigestValues sent = stream.digests();
    if (auto same = verify(sent, published_whole(), spec_.from_store->url(spec_.from)); !same) {
      (void)co_await spec_.to_store->remove(context_->call(*home), spec_.to);
      co_return unexpected(same.error());
    }
    co_return co_await finish_whole(home, std::move(*stored), std::move(sent));
  }

  /// The source's own description of everything that was read; its ETag only where it can be an MD5.
  PutReply published_whole() const {
    PutReply all = published(info_);
    if (spec_.from_store->dialect().integrity == Integrity::crc64_ecma) all.etag.clear();
    return all;
  }

  SessionSpec session_spec(const Plan& plan) const {
    SessionSpec spec;
    spec.store = spec_.to_store;
    spec.to = spec_.to;
    spec.key.kind = "copy";
    spec.key.source = spec_.from_store->identity() + " " + spec_.from_store->url(spec_.from);
    spec.key.target = spec_.to_store->identity() + " " + spec_.to_store->url(spec_.to);
    spec.source_fingerprint = fingerprint_of(info_);
    spec.plan = plan;
    spec.put = put_;
    return spec;
  }

  Task<Result<TransferReport>> in_parts(Worker* home, Plan plan) {
    MultipartSession session(context_, session_spec(plan));
    if (auto opened = co_await session.open(home); !opened) co_return unexpected(opened.error());
    auto done = co_await parts_and_complete(home, &session);
    auto closed = co_await session.close(home);
    if (!done) co_return unexpected(done.error());
    if (!closed) context_->tally->note(closed.error().describe());
    TransferReport report = report_of(*context_, info_.size, job_.get());
    report.etag = done->etag;
    report.crc64 = info_.crc64 ? info_.crc64 : session.whole().crc64;
    report.checked = checked_;
    co_return report;
  }

  Task<Result<PutReply>> parts_and_complete(Worker* home, MultipartSession* session) {
    if (session->completed_before()) {
      checked_ = session->checked();
      co_return *session->completed_before();
    }
    job_ = std::make_shared<PartsJob>(
        session->missing(), spec_.same_store ? 1 : slots_for(session->plan().part_size),
        [this, session](Worker& worker, std::uint64_t index) { return part(&worker, session, index); },
        context_->stop);
    if (!spec_.same_store) job_->keep_to(*context_->runtime->limits, scheduler::kBothWays);
    auto sent = co_await PartsJob::run_all(home, job_, context_->in_slot);
    if (!sent) co_return unexpected(sent.error());
    // What passed through here must be what the source says of itself, before it gets its name.
    auto passed = verify(session->whole(), published_parts(), spec_.from_store->url(spec_.from));
    if (!passed) {
      co_await session->discard(home);
      co_return unexpected(passed.error());
    }
    auto stored = co_await session->complete(home);
    if (!stored) co_return unexpected(stored.error());
    auto same = verify(described(info_), *stored, spec_.to_store->url(spec_.to));
    if (!same) {
      (void)co_await spec_.to_store->remove(context_->call(*home), spec_.to);
      co_return unexpected(same.error());
    }
    checked_ = *same == "size" ? session->checked() : *same;
    co_return std::move(*stored);
  }

  PutReply published_parts() const {
    PutReply all = published(info_);
    all.etag.clear();  // no MD5 of the whole is taken over parts
    return all;
  }

  Task<Result<void>> part(Worker* worker, MultipartSession* session, std::uint64_t index) {
    const std::uint32_t number = session->number_of(index);
    const PartRange range = session->plan().part(index);
    if (spec_.same_store) {
      io::ByteRange bytes;
      bytes.first = range.offset;
      bytes.last = range.offset + range.length - 1;
      auto stored = co_await spec_.to_store->upload_part_copy(
          context_->call(*worker), spec_.from, spec_.to, session->upload_id(), number, bytes, info_.etag);
      if (!stored) co_return unexpected(stored.error());
      session->part_done(*worker, index, io::DigestValues(), *stored);
      co_return Result<void>();
    }
    CopyStream stream(context_, spec_, range, info_, digests_);
    CopyStream::Put put = [this, session, number](Call call, io::BodySource* source) {
      return spec_.to_store->upload_part(std::move(call), spec_.to, session->upload_id(), number, source);
    };
    auto stored = co_await stream.run(worker, std::move(put));
    if (!stored) co_return unexpected(stored.error());
    session->part_done(*worker, index, stream.digests(), *stored);
    co_return Result<void>();
  }

  TransferContext* const context_;
  const CopySpec spec_;
  const ObjectInfo& info_;
  const PutOptions put_;
  const io::DigestFlags digests_;
  std::shared_ptr<PartsJob> job_;
  std::string checked_ = "size";
};

Task<Result<void>> ask_source(Worker* home, TransferContext* context, CopySpec* spec) {
  auto head = co_await spec->from_store->head(context->call(*home), spec->from);
  if (!head) co_return unexpected(head.error());
  context->tally->reply(head->reply);
  spec->info = *std::move(head);
  co_return Result<void>();
}

}  // namespace

Task<Result<TransferReport>> copy(Worker* home, TransferContext* context, CopySpec spec) {
  if (auto fine = spec.from_store->check(spec.from); !fine) co_return unexpected(fine.error());
  if (auto fine = spec.to_store->check(spec.to); !fine) co_return unexpected(fine.error());
  if (auto fine = check_properties(spec.to_store->dialect(), context->options); !fine)
    co_return unexpected(fine.error());
  if (spec.same_store && spec.from.bucket == spec.to.bucket && spec.from.key == spec.to.key)
    co_return fail(ErrorKind::argument, "source and target are the same object");
  bool listed = spec.info && listing_is_enough(*context, spec);
  if (!listed)
    if (auto asked = co_await ask_source(home, context, &spec); !asked) co_return unexpected(asked.error());
  const std::uint64_t size = spec.info->size;
  if (!spec.same_store && size <= small_copy_limit(*context, spec.to_store->dialect().limits)) {
    context->set_total(size, 1);
    auto copied = co_await copy_small(home, context, spec, size);
    if (!copied) co_return unexpected(copied.error());
    if (*copied) co_return **std::move(copied);
    listed = false;
    if (auto asked = co_await ask_source(home, context, &spec); !asked) co_return unexpected(asked.error());
  }
  Copy first(context, spec);
  auto copied = co_await first.run(home);
  if (copied || !listed || !is_precondition_failed(copied.error())) co_return copied;
  // Another version than was listed: what is copied is the object as it is.
  if (auto asked = co_await ask_source(home, context, &spec); !asked) co_return unexpected(asked.error());
  Copy again(context, spec);
  co_return co_await again.run(home);
}

}  // namespace sluice::engine
