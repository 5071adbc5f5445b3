#include "bulk/lookup.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "bulk/file_info.h"
#include "engine/client_words.h"
#include "io/file_error.h"
#include "io/walk.h"
#include "scheduler/guarded.h"

namespace sluice::bulk {
namespace {

constexpr std::size_t kAtOnce = 64;

/// It is about this name, not about the side or the way there.
bool about_one(const Error& error) {
  return error.kind == ErrorKind::service || error.kind == ErrorKind::argument ||
         error.kind == ErrorKind::disk;
}

Result<ObjectInfo> look_at_file(const Side& side, const std::string& name) {
  auto path = io::safe_join(side.directory, name);
  if (!path) return unexpected(std::move(path).error());
  struct stat s {};
  if (lstat(path->c_str(), &s) != 0) return io::disk_error("look at", *path, errno);
  if (!S_ISREG(s.st_mode)) return fail(ErrorKind::argument, *path + " is not a regular file");
  return file_info(name, static_cast<std::uint64_t>(s.st_size),
                   static_cast<std::int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec);
}

/// Without what the store said of the request, which nobody asks of many.
ObjectInfo listed(engine::ObjectInfo head) {
  ObjectInfo info = facade::to_public(std::move(head));
  info.reply = {};
  return info;
}

/// Some coroutines that take the next name each, until none is left.
class Heads {
 public:
  Heads(engine::Runtime& runtime, const Side& side, const std::vector<Entry>& entries,
        const ListingOptions& options, std::stop_token stop)
      : runtime_(runtime), side_(side), entries_(entries), options_(options), stop_(std::move(stop)) {
    answers_.resize(entries.size());
  }

  std::vector<std::optional<Result<ObjectInfo>>> run() {
    const std::size_t lanes = std::min(kAtOnce, entries_.size());
    running_ = lanes;
    auto ended = ended_->get_future();
    for (std::size_t i = 0; i < lanes; ++i) {
      scheduler::Worker& worker = runtime_.workers->next_worker();
      worker.workers().spawn(worker.index(), lane(&worker));
    }
    if (lanes > 0) ended.wait();
    return std::move(answers_);
  }

 private:
  scheduler::Task<void> lane(scheduler::Worker* worker) {
    const auto ended = ended_;  // what waits for the last lane takes this with it
    for (std::size_t i = next_++; i < entries_.size() && !broken_; i = next_++) {
      const auto one = [&] { return head(worker, i); };
      answers_[i] = co_await scheduler::guarded(one);
      if (!*answers_[i] && !about_one(answers_[i]->error())) broken_ = true;
    }
    if (--running_ == 0) ended->set_value();
  }

  scheduler::Task<Result<ObjectInfo>> head(scheduler::Worker* worker, std::size_t i) {
    engine::Ref ref = side_.root;
    ref.key += entries_[i].name;
    auto info = co_await side_.store->head(engine::call_on(*worker, stop_), std::move(ref));
    if (!info) co_return unexpected(std::move(info).error());
    if (options_.requests) *options_.requests += static_cast<std::uint64_t>(info->reply.attempts);
    co_return listed(*std::move(info));
  }

  engine::Runtime& runtime_;
  const Side& side_;
  const std::vector<Entry>& entries_;
  const ListingOptions& options_;
  const std::stop_token stop_;
  std::vector<std::optional<Result<ObjectInfo>>> answers_;
  std::atomic<std::size_t> next_{0}, running_{0};
  std::atomic<bool> broken_{false};
  const std::shared_ptr<std::promise<void>> ended_ = std::make_shared<std::promise<void>>();
};

}  // namespace

Result<std::vector<Entry>> look_up(engine::Runtime& runtime, const Side& side, std::vector<Entry> found,
                                   const ListingOptions& options, const std::stop_token& stop) {
  std::vector<std::optional<Result<ObjectInfo>>> answers;
  if (side.local()) {
    for (const Entry& entry : found) answers.emplace_back(look_at_file(side, entry.name));
  } else {
    answers = Heads(runtime, side, found, options, stop).run();
  }
  std::vector<Entry> there;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (answers[i] && *answers[i]) {
      there.push_back({std::move(found[i].name), std::move(**answers[i])});
    } else if (answers[i] && !about_one(answers[i]->error())) {
      return unexpected(answers[i]->error());
    } else if (answers[i] && options.notes.failed) {
      options.notes.failed(answers[i]->error().with("look up", side.text(found[i].name)));
    }
  }
  return there;
}

}  // namespace sluice::bulk
