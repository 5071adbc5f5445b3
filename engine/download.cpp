#include "engine/download.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <fmt/format.h>

#include "engine/answer_sink.h"
#include "engine/parts_job.h"
#include "engine/plan.h"
#include "engine/recorder.h"
#include "engine/upload.h"
#include "io/file_sink.h"
#include "io/whole_file.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

/// When this host was started; records older than that may claim bytes that never reached the disk.
std::chrono::sys_seconds host_started() {
  std::ifstream stat("/proc/stat");
  for (std::string word; stat >> word;) {
    if (word != "btime") continue;
    long long seconds = 0;
    stat >> seconds;
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
  }
  return {};
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  const auto full = std::filesystem::absolute(path, failed);
  return failed ? path : full.lexically_normal().string();
}

std::uint64_t machines_memory() {
  const auto pages = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L));
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// A size is the store's word: it must not take more memory than there is.
Result<void> make_room(std::string* memory, std::uint64_t size) {
  static const std::uint64_t there = machines_memory();
  if (size > there)
    return fail(ErrorKind::argument, fmt::format("{} bytes do not fit this machine's memory", size),
                "download to a file or a stream");
  memory->resize(size);
  return {};
}

class FileDownload {
 public:
  FileDownload(TransferContext* context, DownloadSpec spec, ObjectInfo info)
      : context_(context), spec_(std::move(spec)), info_(std::move(info)) {}

  Task<Result<TransferReport>> whole(Worker* home) {
    auto& pool = context_->runtime->pool;
    std::string small;  // a small file is held until it can be written at once
    const bool at_once = !spec_.memory && info_.size <= kAtOnce;
    if (at_once) spec_.memory = &small;
    Result<void> ready;
    if (spec_.memory) {
      ready = make_room(spec_.memory, info_.size);
    } else {
      ready = co_await pool.run(home->loop(), [this] { return open_file(std::string()); });
    }
    if (!ready) co_return unexpected(ready.error());
    const auto sink = make_sink(0, info_.size, io::kNoDigest);
    AnswerSink answer(sink.get(), spec_.store->dialect(), info_);
    GetOptions get;
    // Of a small file the answer tells soon enough that it is another object, and a shorter head costs less.
    if (!at_once) get.if_match = info_.etag;
    get.expects = info_.size;
    auto reply = co_await spec_.store->get(context_->call(*home), spec_.from, std::move(get), &answer);
    Result<void> done;
    if (!reply) {
      done = unexpected(reply.error());
    } else {
      context_->tally->reply(*reply);
      ++context_->tally->parts;
      done = sink->finish();
    }
    std::string checked;
    if (done) {
      auto same = verify(answer.digests(), answer.published(), spec_.store->url(spec_.from));
      if (same) {
        checked = *same;
      } else {
        done = unexpected(same.error());
      }
    }
    if (at_once && done) {
      const auto write = [&] { return io::write_whole_file(spec_.path, small, whole_file_options()); };
      done = co_await context_->runtime->small_files.run(home->loop(), write);
    }
    if (file_) {
      done = co_await pool.run(home->loop(), [&] {
        if (done) return file_->finish();
        file_->discard();
        return done;
      });
    }
    if (!done) co_return unexpected(done.error());
    context_->meter->part_done(info_.size);
    TransferReport report = report_of(*context_, info_.size, nullptr);
    report.etag = info_.etag;
    report.crc64 = answer.digests().crc64;
    report.checked = checked;
    co_return report;
  }

  Task<Result<TransferReport>> parts(Worker* home, Plan plan) {
    go_by(plan);
    digests_ = digests_told(published(info_));
    auto& pool = context_->runtime->pool;
    Result<void> ready;
    if (spec_.memory) {
      ready = make_room(spec_.memory, info_.size);
    } else {
      ready = co_await pool.run(home->loop(), [this] { return prepare(); });
    }
    if (!ready) co_return unexpected(ready.error());
    Result<void> done;
    if (!renamed_before_) {
      job_ = std::make_shared<PartsJob>(
          missing(), slots_for(plan_.part_size),
          [this](Worker& worker, std::uint64_t index) { return part(&worker, index); },
          context_->stop);
      job_->keep_to(*context_->runtime->limits, scheduler::kDown);
      done = co_await PartsJob::run_all(home, job_, context_->in_slot);
    }
    auto checked = co_await pool.run(home->loop(), [&] { return settle(done); });
    if (!checked) co_return unexpected(checked.error());
    TransferReport report = report_of(*context_, info_.size, job_.get());
    report.etag = info_.etag;
    report.crc64 = combine(done_).crc64;
    report.checked = *checked;
    co_return report;
  }

 private:
  void go_by(const Plan& plan) {
    plan_ = plan;
    done_.assign(plan.count, std::nullopt);
    context_->set_total(plan.size, plan.count);
  }

  /// `kept` is the part file that saved records belong to; any other one of its name starts empty.
  Result<void> open_file(const std::string& kept) {
    io::PartFileOptions options;
    options.size = info_.size;
    options.resume = !kept.empty();
    options.identity = kept;
    options.create_parents = spec_.create_parents;
    options.durability = context_->options.durability;
    options.replace = !context_->options.forbid_overwrite;
    if (context_->options.keep_times) options.modified = info_.modified;
    auto file = io::PartFile::create(spec_.path, options);
    if (!file) return unexpected(file.error());
    file_ = std::move(*file);
    return {};
  }

  io::WholeFileOptions whole_file_options() const {
    io::WholeFileOptions options;
    options.create_parents = spec_.create_parents;
    options.durability = context_->options.durability;
    options.replace = !context_->options.forbid_overwrite;
    if (context_->options.keep_times) options.modified = info_.modified;
    return options;
  }

  std::unique_ptr<io::PartSink> make_sink(std::uint64_t offset, std::uint64_t length,
                                          io::DigestFlags digests) {
    io::ExpectedRange expected;
    expected.first = offset;
    expected.length = length;
    expected.total = info_.size;
    expected.etag = info_.etag;
    if (spec_.memory) return io::memory_sink(spec_.memory, offset, length, digests, expected);
    const std::size_t gather = context_->runtime->buffer_share(64u << 10, io::PartFile::kMostGathered);
    return file_->part(offset, length, digests, expected, gather);
  }

  io::TransferRecord record() const {
    io::TransferRecord record;
    record.source_fingerprint = fingerprint_of(info_);
    record.target_identity = file_->identity();
    record.size = info_.size;
    record.part_size = plan_.part_size;
    return record;
  }

  // Pool thread: the lock, the part file, and what an earlier run had finished.
  Result<void> prepare() {
    io::TransferKey key;
    key.kind = "download";
    key.source = spec_.store->identity() + " " + spec_.store->url(spec_.from);
    key.target = absolute(spec_.path);
    io::StateOptions options;
    options.durability = context_->options.durability;
    auto state = io::StateStore::open(context_->runtime->options.state_dir, key, options);
    if (!state) return unexpected(state.error());
    context_->tally->note((*state)->note());
    auto saved = (*state)->load();
    if (!saved) return unexpected(saved.error());

    const Plan fresh = plan_;
    const bool resume = *saved && context_->options.resume;
    if (resume) keep_parts_of((*saved)->record);
    if (resume && finished_before(**saved)) return (*state)->remove();
    if (auto opened = open_file(resume ? (*saved)->record.target_identity : std::string()); !opened)
      return opened;
    std::string why;
    if (*saved) why = why_stale((*saved)->record);
    if (*saved && why.empty()) {
      adopt((*saved)->record, (*saved)->parts);
    } else {
      if (!why.empty()) context_->tally->note("started afresh: " + why);
      go_by(fresh);
      if (auto begun = (*state)->begin(record()); !begun) return begun;
    }
    std::function<Result<void>()> sync;
    if (context_->options.durability == Durability::power) sync = [file = file_] { return file->sync(); };
    recorder_ = std::make_shared<Recorder>(std::move(*state), context_->runtime->pool, std::move(sync));
    return {};
  }

  /// A download that is resumed keeps the parts it began with, unless others were ordered.
  void keep_parts_of(const io::TransferRecord& saved) {
    const std::uint64_t ordered = context_->options.part_size;
    const auto plan = plan_download(info_.size, ordered ? ordered : saved.part_size);
    if (plan && plan->part_size == saved.part_size) go_by(*plan);
  }

  std::string why_stale(const io::TransferRecord& saved) const {
    if (!context_->options.resume) return "asked not to resume";
    if (saved.source_fingerprint != fingerprint_of(info_)) return "the source has changed";
    if (!file_->found() || saved.target_identity != file_->identity()) return "the unfinished file is gone";
    if (saved.part_size != plan_.part_size)
      return context_->options.part_size ? "another part size was asked for" : "no parts have such a size";
    return {};
  }

  void adopt(const io::TransferRecord& saved, const std::vector<io::PartRecord>& parts) {
    const bool doubtful = saved.created < host_started();
    for (const io::PartRecord& part : parts) {
      if (part.number >= plan_.count) continue;
      const PartRange range = plan_.part(part.number);
      if (part.length != range.length) continue;
      if (doubtful) {
        const auto read = file_->crc64_of(range.offset, range.length);
        if (!read || *read != part.crc64) continue;
      }
      keep(part, range);
    }
  }

  void keep(const io::PartRecord& part, PartRange range) {
    done_[part.number] = part;
    ++context_->tally->parts_resumed;
    context_->tally->bytes_resumed += range.length;
    context_->meter->part_done(range.length);
  }

  // Killed between the rename and the end of the record: the final file is read back and compared.
  bool finished_before(const io::SavedTransfer& saved) {
    if (saved.record.source_fingerprint != fingerprint_of(info_)) return false;
    if (saved.record.part_size != plan_.part_size || saved.parts.size() != plan_.count) return false;
    auto file = io::SourceFile::open(spec_.path, FileIo::pread);
    if (!file || (*file)->size() != info_.size) return false;
    PartRange everything;
    everything.length = info_.size;
    const auto read = digest_range(*file_bytes(*file), everything, io::kCrc64);
    for (const io::PartRecord& part : saved.parts) done_[part.number] = part;
    if (!read || read->crc64 != combine(done_).crc64) {
      std::fill(done_.begin(), done_.end(), std::nullopt);
      return false;
    }
    for (const io::PartRecord& part : saved.parts) keep(part, plan_.part(part.number));
    renamed_before_ = true;
    return true;
  }

  std::vector<std::uint64_t> missing() const {
    std::vector<std::uint64_t> indices;
    for (std::uint64_t i = 0; i < plan_.count; ++i)
      if (!done_[i]) indices.push_back(i);
    return indices;
  }

  Task<Result<void>> part(Worker* worker, std::uint64_t index) {
    const PartRange range = plan_.part(index);
    const auto sink = make_sink(range.offset, range.length, digests_);
    GetOptions get;
    get.if_match = info_.etag;
    io::ByteRange bytes;
    bytes.first = range.offset;
    bytes.last = range.offset + range.length - 1;
    get.range = bytes;
    get.expects = range.length;
    auto reply = co_await spec_.store->get(context_->call(*worker), spec_.from, std::move(get), sink.get());
    if (!reply) co_return unexpected(reply.error());
    if (auto flushed = sink->finish(); !flushed) co_return flushed;
    const io::DigestValues got = sink->digests();
    io::PartRecord record;
    record.number = static_cast<std::uint32_t>(index);
    record.length = range.length;
    record.crc64 = got.crc64;
    record.crc32c = got.crc32c;
    record.crc64nvme = got.crc64nvme;
    {
      std::lock_guard lock(mutex_);
      done_[index] = record;
    }
    context_->tally->reply(*reply);
    ++context_->tally->parts;
    context_->meter->part_done(range.length);
    if (recorder_) recorder_->part_done(worker->loop(), std::move(record));
    co_return Result<void>();
  }

  // Pool thread: the end, good or bad. Answers how the content was checked.
  Result<std::string> settle(const Result<void>& done) {
    if (!done) {
      if (recorder_) (void)recorder_->close();
      return unexpected(done.error());
    }
    auto same = verify(combine(done_), published(info_), spec_.store->url(spec_.from));
    if (!same) {
      // Keeping it would only make the next run find the same wrong bytes.
      if (file_) file_->discard();
      if (recorder_) (void)recorder_->remove();
      return unexpected(same.error());
    }
    if (!file_) return *same;
    // Every part is on record before the rename, so that a run that finds the part file gone knows
    // what the final file must be.
    if (auto saved = recorder_->flush(); !saved) context_->tally->note(saved.error().describe());
    if (auto finished = file_->finish(); !finished) {
      const bool taken = is_already_exists(finished.error());
      if (taken) file_->discard();
      (void)(taken ? recorder_->remove() : recorder_->close());
      return unexpected(finished.error());
    }
    if (auto removed = recorder_->remove(); !removed) context_->tally->note(removed.error().describe());
    return *same;
  }

  TransferContext* const context_;
  DownloadSpec spec_;
  const ObjectInfo info_;
  Plan plan_;
  io::DigestFlags digests_ = io::kNoDigest;
  std::shared_ptr<io::PartFile> file_;
  std::shared_ptr<Recorder> recorder_;
  std::shared_ptr<PartsJob> job_;
  bool renamed_before_ = false;
  std::mutex mutex_;
  std::vector<std::optional<io::PartRecord>> done_;
};

}  // namespace

Task<Result<TransferReport>> download(Worker* home, TransferContext* context, DownloadSpec spec) {
  if (auto fine = spec.store->check(spec.from); !fine) co_return unexpected(fine.error());
  if (!spec.info) {
    auto head = co_await spec.store->head(context->call(*home), spec.from);
    if (!head) co_return unexpected(head.error());
    context->tally->reply(head->reply);
    spec.info = std::move(*head);
  }
  const std::uint64_t size = spec.info->size;
  const bool whole = size <= single_request_limit(context->options, spec.store->dialect().limits);
  const TransferOptions& options = context->options;
  auto plan = plan_download(size, whole ? 0 : options.part_size ? options.part_size : usual_part(options));
  if (!plan) co_return unexpected(plan.error());
  if (whole) context->set_total(size, 1);
  // One in parts may be there because an earlier run had finished it: prepare() asks.
  if (whole && options.forbid_overwrite && !spec.path.empty()) {
    const auto check = [&] { return io::check_free(spec.path); };
    if (auto free = co_await context->runtime->small_files.run(home->loop(), check); !free)
      co_return unexpected(free.error());
  }
  ObjectInfo info = *std::move(spec.info);
  FileDownload transfer(context, std::move(spec), std::move(info));
  if (whole) co_return co_await transfer.whole(home);
  co_return co_await transfer.parts(home, *plan);
}

}  // namespace sluice::engine
