// One lock over all uploads: uploads.h.
#include "bench/sink/uploads.h"

namespace sink {

std::string Uploads::begin(const std::string& bucket, const std::string& key) {
  std::lock_guard lock(mutex_);
  const std::string id = "upload-" + std::to_string(++begun_);
  uploads_[id] = {bucket, key, {}};
  return id;
}

bool Uploads::add(const std::string& id, const std::string& key, int number, Part part) {
  std::lock_guard lock(mutex_);
  const auto found = uploads_.find(id);
  if (found == uploads_.end() || found->second.key != key) return false;
  found->second.parts[number] = std::move(part);
  return true;
}

std::optional<Upload> Uploads::find(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return {};
  return found->second;
}

bool Uploads::end(const std::string& id) {
  std::lock_guard lock(mutex_);
  return uploads_.erase(id) > 0;
}

void Uploads::clear() {
  std::lock_guard lock(mutex_);
  uploads_.clear();
}

std::size_t Uploads::count() const {
  std::lock_guard lock(mutex_);
  return uploads_.size();
}

std::map<std::string, Upload> Uploads::all() const {
  std::lock_guard lock(mutex_);
  return uploads_;
}

}  // namespace sink
