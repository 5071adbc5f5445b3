#include "bulk/mover.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "engine/batch_delete.h"
#include "engine/client_ask.h"
#include "engine/copy_small.h"
#include "engine/tree_items.h"
#include "io/file_error.h"
#include "io/walk.h"

namespace sluice::bulk {
namespace {

using engine::TransferContext;
using engine::TreeItem;
using scheduler::Task;
using scheduler::Worker;

/// The file, and the directories above it that it leaves empty.
Result<void> remove_file(const std::string& directory, const std::string& name) {
  const Result<std::string> path = io::safe_join(directory, name);
  if (!path) return unexpected(path.error());
  if (::unlink(path->c_str()) != 0 && errno != ENOENT) return io::disk_error("delete", *path, errno);
  for (std::size_t slash = path->rfind('/'); slash > directory.size(); slash = path->rfind('/', slash - 1))
    if (::rmdir(path->substr(0, slash).c_str()) != 0) break;
  return {};
}

}  // namespace

Mover::Mover(Side from, Side to, bool same_store)
    : from_(std::move(from)),
      to_(std::move(to)),
      upload_{from_.directory, to_.store, to_.root},
      download_{from_.store, from_.root, to_.directory},
      copy_{from_.store, from_.root, to_.store, to_.root, same_store} {}

Result<void> Mover::check(const TransferOptions& options) const {
  return to_.local() ? Result<void>() : engine::check_properties(to_.store->dialect(), options);
}

std::uint64_t Mover::small(const TransferContext& context) const {
  if (!from_.local() && !to_.local()) return engine::small_copy_limit(context, to_.store->dialect().limits);
  return engine::small_limit(context, (to_.local() ? from_ : to_).store->dialect());
}

scheduler::Ways Mover::ways() const {
  if (from_.local()) return scheduler::kUp;
  if (to_.local()) return scheduler::kDown;
  return copy_.same_store ? scheduler::kNoWay : scheduler::kBothWays;
}

TreeItem Mover::item(const Step& step, std::uint64_t number) const {
  TreeItem item;
  item.name = step.entry.name;
  item.size = step.entry.info.size;
  item.number = number;
  if (!from_.local()) {
    item.info = step.entry.info;
    item.info->key = from_.root.key + step.entry.name;
  }
  return item;
}

Task<Result<TransferReport>> Mover::move(Worker* worker, TransferContext* context,
                                         const TreeItem* item) const {
  if (from_.local()) return engine::upload_item(worker, context, &upload_, item);
  if (to_.local()) return engine::download_item(worker, context, &download_, item);
  return engine::copy_item(worker, context, &copy_, item);
}

Task<Result<bool>> Mover::there(Worker* worker, TransferContext* context, const TreeItem* item) const {
  if (from_.local()) {
    struct stat s {};
    co_return ::stat((from_.directory + "/" + item->name).c_str(), &s) == 0 || errno != ENOENT;
  }
  engine::Ref ref = from_.root;
  ref.key = item->info->key;
  auto head = co_await from_.store->head(context->call(*worker), std::move(ref));
  if (head) co_return true;
  if (is_not_found(head.error())) co_return false;
  co_return unexpected(head.error());
}

Task<Result<void>> Mover::as_planned(Worker* worker, TransferContext* context, const TreeItem* item,
                                     Step step) const {
  const ObjectInfo& planned = step.entry.info;
  bool same = false;
  if (from_.local()) {
    struct stat s {};
    const std::string path = from_.directory + "/" + item->name;
    if (::stat(path.c_str(), &s) != 0) co_return io::disk_error("look at", path, errno);
    const auto modified =
        std::chrono::seconds(s.st_mtim.tv_sec) + std::chrono::nanoseconds(s.st_mtim.tv_nsec);
    same = static_cast<std::uint64_t>(s.st_size) == planned.size &&
           (!planned.modified ||
            std::chrono::floor<std::chrono::milliseconds>(modified) == planned.modified->time_since_epoch());
  } else {
    engine::Ref ref = from_.root;
    ref.key = item->info->key;
    auto head = co_await from_.store->head(context->call(*worker), std::move(ref));
    if (!head) co_return unexpected(head.error());
    context->tally->reply(head->reply);
    same = head->size == planned.size && (planned.etag.empty() || head->etag == planned.etag);
  }
  if (!same)
    co_return io::source_changed("the source has changed since the plan was made", "make a new plan");
  co_return Result<void>();
}

std::vector<Result<void>> Mover::remove(engine::Runtime& runtime, const std::vector<Step>& steps) const {
  if (!to_.local()) return remove_objects(runtime, steps);
  std::vector<Result<void>> done;
  for (const Step& step : steps) done.push_back(remove_file(to_.directory, step.entry.name));
  return done;
}

std::vector<Result<void>> Mover::remove_objects(engine::Runtime& runtime,
                                                const std::vector<Step>& steps) const {
  std::vector<std::string> keys;
  std::map<std::string_view, std::size_t> index;
  for (const Step& step : steps) keys.push_back(to_.root.key + step.entry.name);
  for (std::size_t i = 0; i < keys.size(); ++i) index[keys[i]] = i;
  const Result<Deleted> deleted = facade::ask<Deleted>(runtime, [&](engine::Call call) {
    return engine::remove_many(std::move(call), to_.store, to_.root.bucket, keys, true);
  });
  std::vector<Result<void>> done(steps.size());
  if (!deleted) {
    for (Result<void>& one : done) one = unexpected(deleted.error());
    return done;
  }
  for (const Deleted::Failure& failure : deleted->failed) {
    const auto found = index.find(failure.key);
    if (found == index.end()) continue;
    auto service = std::make_shared<ServiceError>();
    service->code = failure.code;
    service->message = failure.message;
    Error error = make_error(ErrorKind::service, failure.message);
    error.operation = "delete";
    error.target = to_.text(steps[found->second].entry.name);
    error.service = std::move(service);
    done[found->second] = unexpected(std::move(error));
  }
  return done;
}

}  // namespace sluice::bulk
