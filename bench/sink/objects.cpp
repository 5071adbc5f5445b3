// One lock over all buckets: objects.h.
#include "bench/sink/objects.h"

#include <sys/stat.h>

#include <filesystem>
#include <mutex>

#include "bench/sink/etag.h"

namespace sink {

namespace fs = std::filesystem;

void Objects::put(const std::string& bucket, const std::string& key, Object object) {
  std::unique_lock lock(mutex_);
  buckets_[bucket][key] = std::move(object);
}

std::optional<Object> Objects::find(const std::string& bucket, const std::string& key) const {
  std::shared_lock lock(mutex_);
  const auto in = buckets_.find(bucket);
  if (in == buckets_.end()) return {};
  const auto found = in->second.find(key);
  if (found == in->second.end()) return {};
  return found->second;
}

bool Objects::erase(const std::string& bucket, const std::string& key) {
  std::unique_lock lock(mutex_);
  const auto in = buckets_.find(bucket);
  if (in == buckets_.end()) return false;
  const auto found = in->second.find(key);
  if (found == in->second.end()) return false;
  const bool on_disk = found->second.on_disk;
  in->second.erase(found);
  return on_disk;
}

void Objects::make(const std::string& bucket) {
  std::unique_lock lock(mutex_);
  buckets_[bucket];
}

void Objects::drop(const std::string& bucket) {
  std::unique_lock lock(mutex_);
  buckets_.erase(bucket);
}

void Objects::clear() {
  std::unique_lock lock(mutex_);
  buckets_.clear();
}

std::vector<std::string> Objects::buckets() const {
  std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, bucket] : buckets_) names.push_back(name);
  return names;
}

void Objects::scan(const std::string& root) {
  std::error_code ignored;
  for (const auto& bucket : fs::directory_iterator(root, ignored)) {
    const std::string name = bucket.path().filename().string();
    if (!bucket.is_directory() || name.starts_with(".")) continue;
    make(name);
    for (const auto& file : fs::recursive_directory_iterator(bucket.path(), ignored)) {
      struct stat found;
      if (!file.is_regular_file() || stat(file.path().c_str(), &found) != 0) continue;
      const auto size = static_cast<std::uint64_t>(found.st_size);
      const auto age = static_cast<std::uint64_t>(found.st_mtim.tv_nsec) ^ found.st_ino;
      put(name, fs::relative(file.path(), bucket.path()).string(),
          {.size = size, .etag = synthetic_etag(size, age), .on_disk = true});
    }
  }
}

}  // namespace sink
