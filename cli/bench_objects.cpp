#include "cli/bench_objects.h"

#include <cerrno>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "cli/remove_keys.h"

namespace sluice::cli {
namespace {

constexpr int kRounds = 3;
constexpr std::chrono::seconds kLateUploads{1};

std::string below(const std::string& key) {
  return key.empty() || key.back() == '/' ? key : key + '/';
}

std::string own_prefix(const std::string& key) {
  std::random_device random;
  return fmt::format("{}.sluice-bench-{:08x}{:08x}/", below(key), random(), random());
}

/// Where there is no bucket there is nothing either.
bool gone(const Result<void>& removed) {
  return removed || is_not_found(removed.error());
}

}  // namespace

BenchObjects::BenchObjects(Location at) : at_(std::move(at)), prefix_(own_prefix(at_.key)) {}

std::vector<ObjectInfo> BenchObjects::to_make(std::uint64_t bytes, unsigned connections) {
  std::vector<ObjectInfo> objects(connections);
  for (unsigned i = 0; i < connections; ++i) {
    objects[i].key = fmt::format("{}{}/{}", prefix_, bytes, i);
    objects[i].size = bytes;
    begun_.insert(objects[i].key);
  }
  return objects;
}

void BenchObjects::made(const ProbeOptions& options, const Result<ProbeReport>& report) {
  if (!report) {
    cut_off_ = true;
    return;
  }
  for (const ProbeRequest& one : report->requests) {
    cut_off_ |= one.outcome == ProbeRequest::Outcome::cut;
    const ObjectInfo& object = options.objects[one.object];
    if (one.outcome == ProbeRequest::Outcome::done) there_.insert({object.key, object.size});
  }
}

Result<void> BenchObjects::find(Store& store) {
  if (!at_.names_prefix()) {
    const Result<ObjectInfo> info = store.head(at_.bucket, at_.key);
    if (!info && !is_not_found(info.error())) return unexpected(info.error());
    if (info && info->size > 0) there_.insert({at_.key, info->size});
  }
  if (there_.empty()) {
    ListOptions options;
    options.prefix = below(at_.key);
    const Result<ListPage> page = store.list(at_.bucket, options);
    if (!page) return unexpected(page.error());
    for (const ObjectInfo& object : page->objects)
      if (object.size > 0) there_.insert({object.key, object.size});
  }
  if (!there_.empty()) return {};
  Error none = make_error(ErrorKind::disk, "nothing there to download");
  none.operation = "bench";
  none.target = at_.text();
  none.system_error = ENOENT;
  return unexpected(std::move(none));
}

std::vector<ObjectInfo> BenchObjects::holding(std::uint64_t bytes) const {
  std::vector<ObjectInfo> exactly, larger;
  for (const auto& [key, size] : there_) {
    if (size < bytes) continue;
    ObjectInfo object;
    object.key = key;
    object.size = size;
    (size == bytes ? exactly : larger).push_back(std::move(object));
  }
  return exactly.empty() ? larger : exactly;
}

std::uint64_t BenchObjects::largest() const {
  std::uint64_t largest = 0;
  for (const auto& [key, size] : there_) largest = std::max(largest, size);
  return largest;
}

Result<void> BenchObjects::remove(Store& store) const {
  std::vector<std::string> keys(begun_.begin(), begun_.end());
  if (keys.empty()) return {};
  // A store may yet make an object of an upload that was cut off.
  if (cut_off_) std::this_thread::sleep_for(kLateUploads);
  std::mutex mutex;
  std::optional<Error> failed;
  for (int round = 0; round < kRounds && !keys.empty(); ++round) {
    remove_keys(store, at_.bucket, keys, [&](const std::string&, const Result<void>& removed) {
      std::lock_guard lock(mutex);
      if (!gone(removed)) failed = removed.error();
    });
    if (failed) return unexpected(*failed);
    keys.clear();
    ListOptions options;
    options.prefix = prefix_;
    const Result<ListPage> left = store.list(at_.bucket, options);
    if (!left) return gone(unexpected(left.error())) ? Result<void>() : unexpected(left.error());
    for (const ObjectInfo& object : left->objects) keys.push_back(object.key);
  }
  if (keys.empty()) return {};
  return fail(ErrorKind::service, "objects come back");
}

std::string BenchObjects::left_at() const {
  Location left = at_;
  left.key = prefix_;
  return left.text();
}

}  // namespace sluice::cli
