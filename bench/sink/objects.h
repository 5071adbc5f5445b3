// The objects that were uploaded, by bucket and name: size and ETag, no bytes. Shared by all loops.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace sink {

struct Object {
  std::uint64_t size = 0;
  std::string etag = {};  ///< without quotes
  bool on_disk = false;   ///< its bytes are a file below the root
  std::uint64_t part_size = 0;
  std::string checksum = {};  ///< the header line that declared it, as "x-amz-checksum-crc32c: ...\r\n"
};

class Objects {
 public:
  using Bucket = std::map<std::string, Object, std::less<>>;

  void put(const std::string& bucket, const std::string& key, Object object);
  std::optional<Object> find(const std::string& bucket, const std::string& key) const;
  /// True: it was there and its bytes are on disk.
  bool erase(const std::string& bucket, const std::string& key);
  void make(const std::string& bucket);
  void drop(const std::string& bucket);
  void clear();
  std::vector<std::string> buckets() const;

  /// Calls `read` with the bucket, or null, while nobody changes it.
  template <class Read>
  void with(const std::string& bucket, Read read) const {
    std::shared_lock lock(mutex_);
    const auto found = buckets_.find(bucket);
    read(found == buckets_.end() ? nullptr : &found->second);
  }

  /// Takes in the files that stand below the root.
  void scan(const std::string& root);

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace sink
