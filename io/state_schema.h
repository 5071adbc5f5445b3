// What stands in a state file, and how one is opened, whatever state it is in.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/state_sqlite.h"
#include "io/state_store.h"

namespace sluice::io {

inline constexpr std::uint64_t kStateVersion = 2;

struct OpenedState {
  std::unique_ptr<Sqlite> db;
  std::string note;  ///< a damaged file was put aside
};
struct StateFileOptions {
  bool wal = true;
  bool flush_new = false;  ///< a new file reaches the disk before anything is saved in it
};
/// For the holder of the lock. Makes a new file, takes a good one, puts a damaged one aside.
Result<OpenedState> open_state(const std::string& path, StateFileOptions options);

struct SavedKeyAndRecord {
  TransferKey key;
  TransferRecord record;
};
Result<std::optional<SavedKeyAndRecord>> load_record(Sqlite& db);
Result<std::vector<PartRecord>> load_parts(Sqlite& db);
Result<void> save_record(Sqlite& db, const TransferKey& key, const TransferRecord& record);
Result<void> save_parts(Sqlite& db, const std::vector<PartRecord>& parts);

}  // namespace sluice::io
