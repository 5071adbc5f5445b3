#include "bulk/entry_table.h"

#include <chrono>
#include <utility>

namespace sluice::bulk {
namespace {

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS entry(name TEXT PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL,"
    " modified INTEGER, crc64 INTEGER, storage_class TEXT NOT NULL, content_type TEXT NOT NULL)"
    " WITHOUT ROWID";
// It is gone with the process: nothing is flushed, nothing is taken back.
constexpr const char* kTemporary =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768; BEGIN";

std::optional<std::uint64_t> milliseconds(const std::optional<TimePoint>& time) {
  if (!time) return {};
  return static_cast<std::uint64_t>(time->time_since_epoch().count());
}

Entry entry_of(const io::Statement& row) {
  Entry entry;
  entry.name = row.text(0);
  entry.info.size = row.number(1);
  entry.info.etag = row.text(2);
  if (const auto modified = row.optional_number(3))
    entry.info.modified = TimePoint(std::chrono::milliseconds(static_cast<std::int64_t>(*modified)));
  entry.info.crc64 = row.optional_number(4);
  entry.info.storage_class = row.text(5);
  entry.info.content_type = row.text(6);
  return entry;
}

}  // namespace

EntryTable::EntryTable(std::shared_ptr<io::Sqlite> db, io::Statement insert, io::Statement select)
    : db_(std::move(db)), insert_(std::move(insert)), select_(std::move(select)) {}

Result<EntryTable> EntryTable::temporary() {
  auto db = io::Sqlite::open("", false);
  if (!db) return unexpected(std::move(db).error());
  if (auto set = (*db)->run(kTemporary); !set) return unexpected(std::move(set).error());
  return in(*std::move(db));
}

Result<EntryTable> EntryTable::in(std::shared_ptr<io::Sqlite> db) {
  if (auto made = db->run(kTable); !made) return unexpected(std::move(made).error());
  auto insert = db->prepare("INSERT OR REPLACE INTO entry VALUES(?,?,?,?,?,?,?)");
  if (!insert) return unexpected(std::move(insert).error());
  auto select = db->prepare("SELECT * FROM entry WHERE name > ? ORDER BY name LIMIT ?");
  if (!select) return unexpected(std::move(select).error());
  return EntryTable(std::move(db), *std::move(insert), *std::move(select));
}

Result<void> EntryTable::add(const Entry& entry) {
  const ObjectInfo& info = entry.info;
  insert_.bind(entry.name).bind(info.size).bind(info.etag).bind(milliseconds(info.modified));
  return insert_.bind(info.crc64).bind(info.storage_class).bind(info.content_type).run();
}

Result<void> EntryTable::add(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries)
    if (auto added = add(entry); !added) return added;
  return {};
}

Result<std::vector<Entry>> EntryTable::behind(const std::string& name, std::size_t most) {
  std::vector<Entry> entries;
  select_.bind(name).bind(static_cast<std::uint64_t>(most));
  while (true) {
    auto row = select_.step();
    if (!row) return unexpected(std::move(row).error());
    if (!*row) break;
    entries.push_back(entry_of(select_));
    // Only a damaged file answers so.
    const std::string& before = entries.size() == 1 ? name : entries[entries.size() - 2].name;
    if (entries.back().name <= before)
      return fail(ErrorKind::state, db_->path() + " is damaged: its names are not in order");
  }
  select_.reset();
  return entries;
}

}  // namespace sluice::bulk
