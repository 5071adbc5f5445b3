// The two tables of a state file. A change of them raises kStateVersion.
#include "io/state_schema.h"

#include <cstdio>

namespace sluice::io {
namespace {

constexpr std::uint64_t kApplicationId = 0x534c5543;  // "SLUC"

constexpr const char* kSchema = R"(
BEGIN IMMEDIATE;
CREATE TABLE transfer(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  kind TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
  source_fingerprint TEXT NOT NULL, target_identity TEXT NOT NULL,
  bucket TEXT NOT NULL, object TEXT NOT NULL,
  size INTEGER NOT NULL, part_size INTEGER NOT NULL,
  upload_id TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE part(
  number INTEGER PRIMARY KEY, length INTEGER NOT NULL, etag TEXT NOT NULL,
  crc64 INTEGER, crc32c INTEGER, md5 TEXT NOT NULL,
  crc64nvme INTEGER);
PRAGMA application_id = 1397511491;
PRAGMA user_version = 2;
COMMIT;)";
static_assert(kApplicationId == 1397511491 && kStateVersion == 2);

constexpr const char* kFromFirst = R"(
BEGIN IMMEDIATE;
ALTER TABLE part ADD COLUMN crc64nvme INTEGER;
PRAGMA user_version = 2;
COMMIT;)";

enum class Health { good, damaged, unreadable };
struct Verdict {
  Health health = Health::good;
  std::string why;
};

// Reading also fails for reasons that are not the file's: those must not cost the record.
Verdict look(Sqlite& db) {
  const auto bad = [&db](const Error& e) {
    return Verdict{db.damaged() ? Health::damaged : Health::unreadable, e.message};
  };
  auto check = db.text("PRAGMA quick_check(1)");
  if (!check) return bad(check.error());
  if (*check != "ok") return {Health::damaged, *check};
  if (auto record = load_record(db); !record) return bad(record.error());
  if (auto parts = load_parts(db); !parts) return bad(parts.error());
  return {};
}

Result<void> make_fresh(Sqlite& db, StateFileOptions options) {
  // An empty database takes several flushes to make, some 80 ms on a busy disk. Without them a loss of
  // power may leave a damaged one, which is put aside; a killed process leaves a good one anyway.
  if (!options.flush_new)
    if (auto off = db.run("PRAGMA synchronous=OFF"); !off) return off;
  // Where the file system has no shared memory the answer is another mode, which is fine too.
  if (auto mode = db.text(options.wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=TRUNCATE"); !mode)
    return unexpected(mode.error());
  return db.run(kSchema);
}

/// Empty: the file is damaged, and `why` says how.
Result<std::unique_ptr<Sqlite>> try_open(const std::string& path, StateFileOptions options,
                                         std::string& why) {
  auto db = Sqlite::open(path, true);
  if (!db) return db;
  const auto give_up = [&](const Error& e) -> Result<std::unique_ptr<Sqlite>> {
    if (!(*db)->damaged()) return unexpected(e);
    why = e.message;
    return std::unique_ptr<Sqlite>();
  };
  auto version = (*db)->number("PRAGMA user_version");
  if (!version) return give_up(version.error());
  if (*version > kStateVersion)
    return fail(ErrorKind::state,
                "the saved state " + path + " was written by a newer version of sluice (format " +
                    std::to_string(*version) + ", this one knows " + std::to_string(kStateVersion) + ")",
                "use that version, or choose another state directory");
  if (*version == 1) (void)(*db)->run(kFromFirst);  // where this fails, the look below says why
  auto tables = (*db)->number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return give_up(tables.error());
  if (*version == 0 && *tables == 0) {
    if (auto made = make_fresh(**db, options); !made) return give_up(made.error());
  } else if (*version == 0) {
    why = "not a state file";
    return std::unique_ptr<Sqlite>();
  } else if (const Verdict verdict = look(**db); verdict.health == Health::damaged) {
    why = verdict.why;
    return std::unique_ptr<Sqlite>();
  } else if (verdict.health == Health::unreadable) {
    return fail(ErrorKind::state, verdict.why);
  }
  if (auto set = (*db)->run("PRAGMA synchronous=NORMAL"); !set) return give_up(set.error());
  return db;
}

}  // namespace

Result<OpenedState> open_state(const std::string& path, StateFileOptions options) {
  std::string why;
  auto db = try_open(path, options, why);
  if (!db) return unexpected(db.error());
  if (*db) return OpenedState{std::move(*db), {}};

  const std::string aside = path + ".damaged";
  if (std::rename(path.c_str(), aside.c_str()) != 0)
    return fail(ErrorKind::state, "the saved state " + path + " is damaged and cannot be renamed");
  // What belongs to the damaged file must not be replayed into the new one.
  std::rename((path + "-wal").c_str(), (aside + "-wal").c_str());
  std::remove((path + "-shm").c_str());
  std::remove((path + "-journal").c_str());
  std::string again;
  db = try_open(path, options, again);
  if (!db) return unexpected(db.error());
  if (!*db) return fail(ErrorKind::state, "the saved state " + path + " cannot be made: " + again);
  return OpenedState{std::move(*db), "the saved state of this transfer was damaged (" + why + "): kept as " +
                                         aside + ", starting afresh"};
}

Result<std::optional<SavedKeyAndRecord>> load_record(Sqlite& db) {
  auto query = db.prepare(
      "SELECT kind, source, target, source_fingerprint, target_identity, bucket, object, size, part_size,"
      " upload_id, created FROM transfer");
  if (!query) return unexpected(query.error());
  auto row = query->step();
  if (!row) return unexpected(row.error());
  if (!*row) return std::optional<SavedKeyAndRecord>();
  SavedKeyAndRecord saved;
  saved.key = {.kind = query->text(0), .source = query->text(1), .target = query->text(2)};
  saved.record = {.source_fingerprint = query->text(3),
                  .target_identity = query->text(4),
                  .bucket = query->text(5),
                  .object = query->text(6),
                  .size = query->number(7),
                  .part_size = query->number(8),
                  .upload_id = query->text(9),
                  .created = std::chrono::sys_seconds(
                      std::chrono::seconds(static_cast<std::int64_t>(query->number(10))))};
  return std::optional(std::move(saved));
}

Result<std::vector<PartRecord>> load_parts(Sqlite& db) {
  auto query =
      db.prepare("SELECT number, length, etag, crc64, crc32c, md5, crc64nvme FROM part ORDER BY number");
  if (!query) return unexpected(query.error());
  std::vector<PartRecord> parts;
  while (true) {
    auto row = query->step();
    if (!row) return unexpected(row.error());
    if (!*row) return parts;
    PartRecord part{.number = static_cast<std::uint32_t>(query->number(0)),
                    .length = query->number(1),
                    .etag = query->text(2),
                    .crc64 = query->optional_number(3),
                    .crc32c = {},
                    .md5_hex = query->text(5),
                    .crc64nvme = query->optional_number(6)};
    if (const auto crc = query->optional_number(4)) part.crc32c = static_cast<std::uint32_t>(*crc);
    parts.push_back(std::move(part));
  }
}

Result<void> save_record(Sqlite& db, const TransferKey& key, const TransferRecord& record) {
  auto insert = db.prepare("INSERT OR REPLACE INTO transfer VALUES(1,?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return unexpected(insert.error());
  insert->bind(key.kind).bind(key.source).bind(key.target);
  insert->bind(record.source_fingerprint).bind(record.target_identity);
  insert->bind(record.bucket).bind(record.object).bind(record.size).bind(record.part_size);
  insert->bind(record.upload_id);
  insert->bind(static_cast<std::uint64_t>(record.created.time_since_epoch().count()));
  return insert->run();
}

Result<void> save_parts(Sqlite& db, const std::vector<PartRecord>& parts) {
  auto insert = db.prepare("INSERT OR REPLACE INTO part VALUES(?,?,?,?,?,?,?)");
  if (!insert) return unexpected(insert.error());
  for (const PartRecord& part : parts) {
    insert->bind(std::uint64_t{part.number}).bind(part.length).bind(std::string_view(part.etag));
    insert->bind(part.crc64).bind(std::optional<std::uint64_t>(part.crc32c));
    insert->bind(std::string_view(part.md5_hex)).bind(part.crc64nvme);
    if (auto done = insert->run(); !done) return done;
  }
  return {};
}

}  // namespace sluice::io
