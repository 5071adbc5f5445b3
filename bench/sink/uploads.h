// Uploads in parts that are neither completed nor aborted. Shared by all loops.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace sink {

struct Part {
  std::uint64_t size = 0;
  std::string etag;
};

struct Upload {
  std::string bucket, key;
  std::map<int, Part> parts;
};

class Uploads {
 public:
  /// Answers its id.
  std::string begin(const std::string& bucket, const std::string& key);
  /// False: there is no such upload of this key.
  bool add(const std::string& id, const std::string& key, int number, Part part);
  std::optional<Upload> find(const std::string& id) const;
  /// False: there is none.
  bool end(const std::string& id);
  void clear();
  std::size_t count() const;
  std::map<std::string, Upload> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Upload> uploads_;
  std::uint64_t begun_ = 0;
};

}  // namespace sink
