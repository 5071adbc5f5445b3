// The data files of the store: their numbers, places, pins and removal.
//
// A file is named by a number that is never given twice while the process runs. Nobody unlinks but
// remove(): a file that a Reader has pinned goes with its last pin. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "emulator/storage_types.h"

namespace sluice::emulator {

class BlobFiles {
 public:
  static StorageResult<std::shared_ptr<BlobFiles>> open(const std::string& directory);
  ~BlobFiles();
  BlobFiles(const BlobFiles&) = delete;
  BlobFiles& operator=(const BlobFiles&) = delete;

  /// Every file there is, sorted; files of other names are left alone and not answered.
  StorageResult<std::vector<std::uint64_t>> scan() const;
  void start_after(std::uint64_t last);  ///< numbers given from now on are greater

  struct Created {
    std::uint64_t id;
    int fd;
  };
  StorageResult<Created> create();
  StorageResult<int> open_read(std::uint64_t id) const;
  StorageResult<std::uint64_t> size_of(std::uint64_t id) const;

  void pin(std::span<const std::uint64_t> ids);
  void unpin(std::span<const std::uint64_t> ids);
  /// Unlinks; a pinned file later.
  void remove(std::span<const std::uint64_t> ids);

 private:
  BlobFiles() = default;
  void unlink(std::uint64_t id) const;
  StorageError failed(const char* what, std::uint64_t id, int error) const;

  std::string directory_;
  int directory_fd_ = -1;
  mutable std::mutex mutex_;  // guards all below
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> pins_;
  std::unordered_set<std::uint64_t> doomed_;  // to be unlinked with the last pin
};

}  // namespace sluice::emulator
