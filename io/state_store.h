// StateStore: what one transfer needs to go on after its process was killed. One small SQLite file each,
// DIR/transfers/<hash of kind, source, target>.db, with a lock beside it (state_schema.cpp).
//
// The owner holds the lock for the store's life; it is gone by itself when the process dies. What
// flush(), begin() and set_upload_id() have answered well survives a SIGKILL at any later instant, and a
// kill in the middle of one leaves all of it or none.
//
// Any thread, any time: add_part() never waits for the disk, the rest may and belongs on a pool thread.
// The caller decides when to flush.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::io {

/// What makes two commands the same transfer.
struct TransferKey {
  std::string kind;    ///< "upload", "download", "copy"
  std::string source;  ///< URL or absolute path, with what else tells it apart (endpoint)
  std::string target;
  bool operator==(const TransferKey&) const = default;
};

struct TransferRecord {
  std::string source_fingerprint{};  ///< size and mtime, or ETag
  std::string target_identity{};     ///< endpoint and region, or PartFile::identity()
  std::string bucket{}, object{};    ///< where the upload id lives; empty for downloads
  std::uint64_t size = 0;
  std::uint64_t part_size = 0;
  std::string upload_id{};
  std::chrono::sys_seconds created{};  ///< begin() sets it where it is zero
  bool operator==(const TransferRecord&) const = default;
};

struct PartRecord {
  std::uint32_t number = 0;
  std::uint64_t length = 0;
  std::string etag{};
  std::optional<std::uint64_t> crc64{};
  std::optional<std::uint32_t> crc32c{};
  std::string md5_hex{};
  std::optional<std::uint64_t> crc64nvme{};
  bool operator==(const PartRecord&) const = default;
};

struct SavedTransfer {
  TransferRecord record;
  std::vector<PartRecord> parts;  ///< by number
};

/// One saved transfer as list_owned() finds it.
struct OwnedTransfer {
  TransferKey key;
  TransferRecord record;
  std::uint64_t parts = 0;  ///< finished ones
  std::string file;
  bool live = false;  ///< a process is working on it
  int pid = 0;        ///< that process, when known
};

struct StateOptions {
  /// power: begin() and set_upload_id() reach the disk before they answer.
  Durability durability = Durability::kill;
};

class StateStore {
 public:

  /// kind state: owned by another process, from a newer version, or a directory that cannot be used.
  /// A damaged file is renamed *.damaged, told by note(), and started afresh.
  static Result<std::unique_ptr<StateStore>> open(const std::string& dir, TransferKey key,
                                                  StateOptions options = {});
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;
  ~StateStore();  ///< flushes what it can and gives up the lock

  /// What the user should hear about the file as it was found; empty when all is well.
  const std::string& note() const;
  const std::string& file() const;

  /// What was committed, pending parts not included; empty when nothing was begun.
  Result<std::optional<SavedTransfer>> load();

  /// Replaces everything. Committed when it answers.
  Result<void> begin(TransferRecord record);
  /// Committed when it answers: send no part before that.
  Result<void> set_upload_id(const std::string& upload_id);

  /// Buffers a finished part; a number told twice keeps the last.
  void add_part(PartRecord part);
  /// Commits every buffered part in one transaction; on an error they stay buffered.
  Result<void> flush();
  /// Forgets recorded parts (a resume found that they are not what the record says). At once.
  Result<void> drop_parts(const std::vector<std::uint32_t>& numbers);

  /// The transfer is over: unlinks the file and its lock. Nothing else may be called after it.
  Result<void> remove();

 private:
  class Db;
  explicit StateStore(std::unique_ptr<Db> db);
  std::unique_ptr<Db> db_;
};

/// Every saved transfer below DIR in the order of file names; files that cannot be read are left out.
/// A directory that does not exist has none.
Result<std::vector<OwnedTransfer>> list_owned(const std::string& dir);

}  // namespace sluice::io
