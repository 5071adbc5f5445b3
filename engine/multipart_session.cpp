#include "engine/multipart_session.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

bool same_etag(const std::string& a, const std::string& b) {
  return io::equal_ignoring_case(a, b);
}

}  // namespace

MultipartSession::MultipartSession(TransferContext* context, SessionSpec spec)
    : context_(context), spec_(std::move(spec)) {
  record_.source_fingerprint = spec_.source_fingerprint;
  if (!record_.source_fingerprint.empty()) record_.source_fingerprint += properties_mark(context_->options);
  record_.target_identity = spec_.store->identity();
  record_.bucket = spec_.to.bucket;
  record_.object = spec_.to.key;
  record_.size = spec_.plan.size;
  go_by(spec_.plan);
}

MultipartSession::~MultipartSession() = default;

std::uint32_t MultipartSession::number_of(std::uint64_t index) const {
  return static_cast<std::uint32_t>(index) + spec_.store->dialect().limits.first_part;
}

Task<Result<void>> MultipartSession::open(Worker* worker) {
  auto& pool = context_->runtime->pool;
  io::StateOptions state_options;
  state_options.durability = context_->options.durability;
  auto opened = co_await pool.run(worker->loop(), [&] {
    return io::StateStore::open(context_->runtime->options.state_dir, spec_.key, state_options);
  });
  if (!opened) co_return unexpected(opened.error());
  state_ = std::move(*opened);
  context_->tally->note(state_->note());

  auto loaded = co_await pool.run(worker->loop(), [&] { return state_->load(); });
  if (!loaded) co_return unexpected(loaded.error());
  Result<void> ready;
  if (*loaded) {
    ready = co_await resume(worker, std::move(**loaded));
  } else {
    ready = co_await create(worker);
  }
  if (!ready) co_return ready;
  recorder_ = std::make_shared<Recorder>(std::move(state_), pool, nullptr);
  co_return Result<void>();
}

std::string MultipartSession::why_stale(const io::TransferRecord& saved) const {
  if (!context_->options.resume) return "asked not to resume";
  if (spec_.source_fingerprint.empty()) return "its source cannot be told from another";
  if (without_mark(saved.source_fingerprint) != spec_.source_fingerprint || saved.size != record_.size)
    return "the source has changed";
  // They were told when the upload was created.
  if (saved.source_fingerprint != record_.source_fingerprint)
    return "other properties of the object were asked for";
  if (saved.target_identity != record_.target_identity) return "the target is another store";
  if (!plan_of(saved))
    return context_->options.part_size ? "another part size was asked for" : "the store takes no such parts";
  return {};
}

std::optional<Plan> MultipartSession::plan_of(const io::TransferRecord& saved) const {
  const std::uint64_t ordered = context_->options.part_size;
  const auto plan =
      plan_upload(spec_.plan.size, ordered ? ordered : saved.part_size, spec_.store->dialect().limits);
  if (!plan || plan->part_size != saved.part_size) return {};
  return *plan;
}

void MultipartSession::go_by(const Plan& plan) {
  plan_ = plan;
  record_.part_size = plan.part_size;
  done_.assign(plan.count, std::nullopt);
  context_->set_total(plan.size, plan.count);
}

Task<Result<void>> MultipartSession::resume(Worker* worker, io::SavedTransfer saved) {
  std::string why = why_stale(saved.record);
  std::string upload_id = saved.record.upload_id;
  if (upload_id.empty()) {
    auto found = co_await find_orphans(context_->call(*worker), spec_.store, saved.record);
    if (!found) co_return unexpected(found.error());
    if (!found->empty()) upload_id = found->front();
    for (std::size_t i = 1; i < found->size(); ++i) co_await abort_quietly(worker, (*found)[i]);
  }
  if (why.empty() && !upload_id.empty()) {
    go_by(*plan_of(saved.record));
    auto listed = co_await spec_.store->list_parts(context_->call(*worker), spec_.to, upload_id);
    if (listed) {
      resumed_ = true;
      record_.upload_id = upload_id;
      record_.created = saved.record.created;
      if (saved.record.upload_id.empty()) {
        auto named = co_await context_->runtime->pool.run(worker->loop(),
                                                          [&] { return state_->set_upload_id(upload_id); });
        if (!named) co_return named;
      }
      auto adopted = co_await adopt(worker, &saved, std::move(listed->parts));
      if (!adopted) co_return unexpected(adopted.error());
      co_return Result<void>();
    }
    if (!is_not_found(listed.error())) co_return unexpected(listed.error());
    auto ended = co_await was_completed(worker, &saved);
    if (!ended) co_return unexpected(ended.error());
    if (*ended) co_return Result<void>();
    why = "the store no longer knows the upload";
    upload_id.clear();
    go_by(spec_.plan);
  }
  if (!upload_id.empty()) co_await abort_quietly(worker, upload_id);
  if (!why.empty()) context_->tally->note("started afresh: " + why);
  co_return co_await create(worker);
}

Task<Result<bool>> MultipartSession::adopt(Worker* worker, const io::SavedTransfer* saved,
                                           std::vector<PartInfo> listed) {
  std::vector<std::uint32_t> lost;
  for (const io::PartRecord& part : saved->parts) {
    const bool there = std::any_of(listed.begin(), listed.end(), [&](const PartInfo& have) {
      return have.number == part.number && same_etag(have.etag, part.etag);
    });
    if (!there) lost.push_back(part.number);
  }
  if (!lost.empty()) {
    auto dropped =
        co_await context_->runtime->pool.run(worker->loop(), [&] { return state_->drop_parts(lost); });
    if (!dropped) co_return unexpected(dropped.error());
  }
  const std::uint32_t first = spec_.store->dialect().limits.first_part;
  for (PartInfo& have : listed) {
    if (have.number < first || have.number - first >= plan_.count) continue;
    const std::uint64_t index = have.number - first;
    const PartRange range = plan_.part(index);
    if (have.size != range.length) continue;
    const auto recorded = std::find_if(saved->parts.begin(), saved->parts.end(), [&](const auto& part) {
      return part.number == have.number && same_etag(part.etag, have.etag);
    });
    if (recorded != saved->parts.end()) {
      done_[index] = *recorded;
    } else {
      io::PartRecord part;
      part.number = have.number;
      part.length = have.size;
      part.etag = have.etag;
      if (spec_.redigest) {
        auto read =
            co_await context_->runtime->pool.run(worker->loop(), [&] { return spec_.redigest(range); });
        if (!read) co_return unexpected(read.error());
        PutReply stored;
        stored.etag = have.etag;
        stored.crc64 = have.crc64;
        stored.crc32c = have.crc32c;
        if (!verify(*read, stored, "")) continue;  // not what we would send: send it again
        part.crc64 = read->crc64;
        part.crc32c = read->crc32c;
        part.md5_hex = read->md5_hex;
      } else {
        part.crc64 = have.crc64;
        part.crc32c = have.crc32c;
      }
      done_[index] = part;
      state_->add_part(part);
    }
    ++context_->tally->parts_resumed;
    context_->tally->bytes_resumed += range.length;
    context_->meter->part_done(range.length);
  }
  co_return true;
}

Task<Result<bool>> MultipartSession::was_completed(Worker* worker, const io::SavedTransfer* saved) {
  // Complete had been sent only after every part was on record.
  if (saved->parts.size() != plan_.count) co_return false;
  for (const io::PartRecord& part : saved->parts)
    done_[part.number - spec_.store->dialect().limits.first_part] = part;
  record_.created = saved->record.created;
  auto there = co_await joined_by_earlier_run(worker);
  if (!there) co_return unexpected(there.error());
  if (!*there) {
    std::fill(done_.begin(), done_.end(), std::nullopt);
    co_return false;
  }
  context_->tally->parts_resumed += plan_.count;
  context_->tally->bytes_resumed += plan_.size;
  for (std::uint64_t i = 0; i < plan_.count; ++i) context_->meter->part_done(plan_.part(i).length);
  completed_before_ = std::move(**there);
  co_return true;
}

Task<Result<std::optional<PutReply>>> MultipartSession::joined_by_earlier_run(Worker* worker) {
  auto info = co_await spec_.store->head(context_->call(*worker), spec_.to);
  if (!info) {
    if (is_not_found(info.error())) co_return std::optional<PutReply>();
    co_return unexpected(info.error());
  }
  if (info->size != plan_.size) co_return std::optional<PutReply>();
  PutReply stored;
  stored.etag = info->etag;
  stored.crc64 = info->crc64;
  stored.crc32c = info->crc32c;
  const auto same = verify(whole(), stored, "");
  // Without a shared checksum, an object of this size that is younger than the upload's beginning is it.
  const bool younger = info->modified && record_.created <= *info->modified + std::chrono::seconds(1);
  if (!same || (*same == "size" && !younger)) co_return std::optional<PutReply>();
  checked_ = *same;
  co_return std::optional<PutReply>(std::move(stored));
}

Task<bool> MultipartSession::abort_quietly(Worker* worker, std::string upload_id) {
  // Also for a transfer that was cancelled.
  auto aborted = co_await spec_.store->abort_upload(call_on(*worker, std::stop_token()), spec_.to, upload_id);
  const bool gone = aborted || is_not_found(aborted.error());
  if (!gone) context_->tally->note("an upload could not be removed: " + aborted.error().describe());
  co_return gone;
}

Task<Result<void>> MultipartSession::create(Worker* worker) {
  auto& pool = context_->runtime->pool;
  record_.upload_id.clear();
  record_.created = {};
  auto begun = co_await pool.run(worker->loop(), [&] { return state_->begin(record_); });
  if (!begun) co_return begun;
  auto id = co_await spec_.store->create_upload(context_->call(*worker), spec_.to, spec_.put);
  if (!id) {
    // A lost answer may have left an upload: the intent stays, so that it can be found.
    if (surely_not_created(id.error()))
      (void)co_await pool.run(worker->loop(), [&] { return state_->remove(); });
    state_.reset();
    co_return unexpected(id.error());
  }
  ++context_->tally->requests;
  record_.upload_id = id->id;
  co_return co_await pool.run(worker->loop(), [&] { return state_->set_upload_id(id->id); });
}

std::vector<std::uint64_t> MultipartSession::missing() const {
  std::vector<std::uint64_t> indices;
  for (std::uint64_t i = 0; i < done_.size(); ++i)
    if (!done_[i]) indices.push_back(i);
  return indices;
}

void MultipartSession::part_done(Worker& worker, std::uint64_t index, const io::DigestValues& sent,
                                 const PutReply& stored) {
  io::PartRecord part;
  part.number = number_of(index);
  part.length = plan_.part(index).length;
  part.etag = stored.etag;
  part.crc64 = sent.crc64 ? sent.crc64 : stored.crc64;
  part.crc32c = sent.crc32c ? sent.crc32c : stored.crc32c;
  part.md5_hex = sent.md5_hex;
  part.crc64nvme = sent.crc64nvme;
  {
    std::lock_guard lock(mutex_);
    done_[index] = part;
  }
  context_->tally->reply(stored.reply);
  ++context_->tally->parts;
  context_->meter->part_done(part.length);
  recorder_->part_done(worker.loop(), std::move(part));
}

io::DigestValues MultipartSession::whole() const {
  return combine(done_);
}

Task<Result<PutReply>> MultipartSession::complete(Worker* worker) {
  auto& pool = context_->runtime->pool;
  // Every part is on record before Complete is sent: a run that finds the upload gone knows what the
  // object must be.
  auto saved = co_await pool.run(worker->loop(), [&] { return recorder_->flush(); });
  if (!saved) context_->tally->note("progress could not be saved: " + saved.error().describe());

  std::vector<PartInfo> parts;
  for (const auto& part : done_) {
    PartInfo info;
    info.number = part->number;
    info.size = part->length;
    info.etag = part->etag;
    info.crc64 = part->crc64;
    info.crc32c = part->crc32c;
    parts.push_back(std::move(info));
  }
  CompleteOptions options;
  const io::DigestValues all = whole();
  options.crc32c = all.crc32c;
  options.forbid_overwrite = spec_.put.forbid_overwrite;
  auto stored = co_await spec_.store->complete_upload(context_->call(*worker), spec_.to, record_.upload_id,
                                                      std::move(parts), std::move(options));
  if (!stored && resumed_ && is_missing_upload(stored.error())) {
    // The Complete of the run that was killed may have reached the store only now.
    auto there = co_await joined_by_earlier_run(worker);
    if (there && *there) stored = std::move(**there);
  }
  if (!stored) {
    if (is_already_exists(stored.error())) co_await discard(worker);  // its name is taken for good
    co_return unexpected(stored.error());
  }
  settled_ = true;
  context_->tally->reply(stored->reply);
  auto same = verify(all, *stored, "the whole object");
  if (!same) {
    // What is stored is not what was sent: better no object than a wrong one.
    (void)co_await spec_.store->remove(context_->call(*worker), spec_.to);
    (void)co_await pool.run(worker->loop(), [&] { return recorder_->remove(); });
    co_return unexpected(same.error());
  }
  const bool every_md5 =
      std::all_of(done_.begin(), done_.end(), [](const auto& part) { return !part->md5_hex.empty(); });
  checked_ = *same == "size" && every_md5 ? "md5" : *same;
  auto removed = co_await pool.run(worker->loop(), [&] { return recorder_->remove(); });
  if (!removed) context_->tally->note("saved state could not be removed: " + removed.error().describe());
  co_return std::move(*stored);
}

Task<Result<void>> MultipartSession::close(Worker* worker) {
  if (!recorder_) co_return Result<void>();
  if (spec_.source_fingerprint.empty() && !settled_) co_await discard(worker);
  if (completed_before_)
    co_return co_await context_->runtime->pool.run(worker->loop(), [&] { return recorder_->remove(); });
  co_return co_await context_->runtime->pool.run(worker->loop(), [&] { return recorder_->close(); });
}

Task<void> MultipartSession::discard(Worker* worker) {
  settled_ = true;
  const bool gone = co_await abort_quietly(worker, record_.upload_id);
  const auto forget = [this, gone] { return gone ? recorder_->remove() : recorder_->close(); };
  auto forgotten = co_await context_->runtime->pool.run(worker->loop(), forget);
  if (!forgotten) context_->tally->note("saved state: " + forgotten.error().describe());
}

bool surely_not_created(const Error& error) {
  if (error.attempts > 1) return false;  // the refusal is the last one's: an earlier one may have done it
  return error.kind == ErrorKind::argument || (error.service && error.service->status >= 400 &&
                                               error.service->status < 500 && !is_retryable(error));
}

Task<Result<std::vector<std::string>>> find_orphans(Call call, std::shared_ptr<Store> store,
                                                    io::TransferRecord intent) {
  constexpr std::chrono::seconds kClocksDiffer{1}, kCreateTakes{60};
  std::vector<std::string> orphans;
  Ref to;
  to.bucket = intent.bucket;
  to.key = intent.object;
  auto listed = co_await store->list_uploads(call, to.bucket, to.key, std::string(), std::string());
  if (!listed) co_return unexpected(listed.error());
  for (const UploadInfo& upload : listed->uploads) {
    if (upload.key != to.key || !upload.initiated) continue;
    if (*upload.initiated + kClocksDiffer < intent.created) continue;
    if (*upload.initiated > intent.created + kCreateTakes) continue;
    auto parts = co_await store->list_parts(call, to, upload.upload_id);
    if (parts && parts->parts.empty()) orphans.push_back(upload.upload_id);
  }
  co_return orphans;
}

}  // namespace sluice::engine
