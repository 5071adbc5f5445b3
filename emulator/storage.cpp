// Opening and closing: the lock, the schema, what a killed process left, the buckets in memory.
#include "emulator/storage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

constexpr int kSchemaVersion = 1;

// objects carries what lists need and little more; bodies stand apart so that a page of a list does not
// read over them. Both may be shared: a body by objects (contents.refs), a file by slices (files.refs).
constexpr char kSchema[] = R"(
CREATE TABLE buckets (
  id INTEGER PRIMARY KEY AUTOINCREMENT, space BLOB NOT NULL, name BLOB NOT NULL, region BLOB NOT NULL,
  owner BLOB NOT NULL, attributes BLOB NOT NULL, created INTEGER NOT NULL, UNIQUE (space, name));
CREATE TABLE objects (
  bucket INTEGER NOT NULL, key BLOB NOT NULL, modified INTEGER NOT NULL, size INTEGER NOT NULL,
  type INTEGER NOT NULL, parts INTEGER NOT NULL, content INTEGER NOT NULL, etag BLOB NOT NULL,
  storage_class BLOB NOT NULL, sums BLOB NOT NULL, headers BLOB NOT NULL,
  PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE contents (
  id INTEGER PRIMARY KEY, refs INTEGER NOT NULL, extents BLOB NOT NULL, tail BLOB NOT NULL);
CREATE TABLE files (id INTEGER PRIMARY KEY, refs INTEGER NOT NULL);
CREATE TABLE uploads (
  bucket INTEGER NOT NULL, key BLOB NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL,
  owner BLOB NOT NULL, initiated INTEGER NOT NULL, storage_class BLOB NOT NULL, headers BLOB NOT NULL,
  PRIMARY KEY (bucket, key, id)) WITHOUT ROWID;
CREATE TABLE parts (
  upload INTEGER NOT NULL, number INTEGER NOT NULL, modified INTEGER NOT NULL, size INTEGER NOT NULL,
  etag BLOB NOT NULL, sums BLOB NOT NULL, extents BLOB NOT NULL,
  PRIMARY KEY (upload, number)) WITHOUT ROWID;
PRAGMA user_version = 1;
)";

StorageError disk_error(const std::string& what, const std::string& path) {
  const int error = errno;
  return {StorageCode::disk, what + " " + path + ": " + std::strerror(error),
          static_cast<std::uint64_t>(error)};
}

StorageResult<Database> open_index(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return database;
  database->execute("PRAGMA journal_mode = WAL");
  database->execute("PRAGMA synchronous = NORMAL");
  database->execute("PRAGMA temp_store = MEMORY");
  if (database->error()) return *database->error();
  return database;
}

StorageResult<void> make_schema(Database& database) {
  std::int64_t version = 0;
  {
    Statement asked = database.prepare("PRAGMA user_version");
    if (asked.step()) version = asked.integer(0);
  }
  if (database.error()) return *database.error();
  if (version > kSchemaVersion)
    return StorageError{StorageCode::database,
                        "index: made by a newer version (" + std::to_string(version) + ")"};
  if (version == kSchemaVersion) return {};
  database.execute("BEGIN IMMEDIATE");
  database.execute(kSchema);
  database.execute("COMMIT");
  if (database.error()) return *database.error();
  return {};
}

std::int64_t single_number(Database& database, const char* sql) {
  Statement asked = database.prepare(sql);
  return asked.step() ? asked.integer(0) : 0;
}

}  // namespace

StorageResult<std::unique_ptr<Storage>> Storage::open(StorageOptions options) {
  auto state = std::make_unique<State>(std::move(options));
  if (auto opened = state->open(); !opened) return opened.error();
  return std::unique_ptr<Storage>(new Storage(std::move(state)));
}

Storage::Storage(std::unique_ptr<State> state) : state_(std::move(state)) {}
Storage::~Storage() = default;

// Readers go first: the last connection to close empties the WAL.
Storage::State::~State() {
  pool.clear();
  writer.reset();
}

StorageResult<void> Storage::State::open() {
  std::error_code failed;
  std::filesystem::create_directories(options.root, failed);
  if (failed)
    return StorageError{StorageCode::disk, "cannot make " + options.root + ": " + failed.message(),
                        static_cast<std::uint64_t>(failed.value())};
  if (auto locked = lock_directory(); !locked) return locked;

  auto opened_files = BlobFiles::open(options.root + "/data");
  if (!opened_files) return opened_files.error();
  files = std::move(*opened_files);

  auto database = open_index(options.root + "/index.db");
  if (!database) return database.error();
  writer.emplace(std::move(*database));
  writer->execute("PRAGMA cache_size = -32768");
  writer->execute("PRAGMA wal_autocheckpoint = 8000");
  writer->execute("PRAGMA journal_size_limit = 67108864");
  if (writer->error()) return *writer->error();
  if (auto made = make_schema(*writer); !made) return made;
  if (auto loaded = load(); !loaded) return loaded;
  return collect_leftovers();
}

StorageResult<void> Storage::State::lock_directory() {
  std::string path = options.root + "/lock";
  lock = OpenFile(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock.get() < 0) return disk_error("cannot open", path);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return disk_error("cannot lock", path);
  return StorageError{StorageCode::locked, "another process serves " + options.root};
}

StorageResult<void> Storage::State::load() {
  {
    Statement rows =
        writer->prepare("SELECT id, space, name, region, owner, attributes, created FROM buckets");
    while (rows.step()) {
      Bucket bucket{rows.integer(0),
                    {rows.text(2), rows.text(3), rows.text(4), rows.text(5), rows.integer(6)}};
      buckets.emplace(std::pair(rows.text(1), rows.text(2)), std::move(bucket));
    }
  }
  last_content = single_number(*writer, "SELECT max(id) FROM contents");
  last_upload = single_number(*writer, "SELECT max(number) FROM uploads");
  {
    Statement last = writer->prepare("SELECT max(id) FROM uploads");
    if (last.step()) last_upload_id = last.text(0);
  }
  if (writer->error()) return *writer->error();
  return {};
}

// Files that no row knows were being written, or were dropped, when the last process died.
StorageResult<void> Storage::State::collect_leftovers() {
  auto there = files->scan();
  if (!there) return there.error();
  std::vector<std::uint64_t> unknown;
  {
    Statement rows = writer->prepare("SELECT id FROM files ORDER BY id");
    auto next = there->begin();
    while (rows.step()) {
      auto known = static_cast<std::uint64_t>(rows.integer(0));
      for (; next != there->end() && *next < known; ++next) unknown.push_back(*next);
      if (next != there->end() && *next == known) ++next;
      files->start_after(known);
    }
    unknown.insert(unknown.end(), next, there->end());
  }
  if (writer->error()) return *writer->error();
  if (!there->empty()) files->start_after(there->back());
  files->remove(unknown);
  return {};
}

StorageResult<Bucket> Storage::State::bucket(const BucketRef& ref) const {
  std::shared_lock lock_buckets(buckets_mutex);
  auto found = buckets.find(BucketOrder::View(ref.space, ref.name));
  if (found == buckets.end()) return no_such_bucket(ref);
  return found->second;
}

std::int64_t Storage::State::now() const {
  if (options.now_ms) return options.now_ms();
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

StorageResult<Reading> Reading::take(Storage::State& state) {
  {
    std::lock_guard lock(state.pool_mutex);
    if (!state.pool.empty()) {
      auto database = std::move(state.pool.back());
      state.pool.pop_back();
      return Reading(state, std::move(database));
    }
  }
  auto opened = open_index(state.options.root + "/index.db");
  if (!opened) return opened.error();
  opened->execute("PRAGMA query_only = 1");
  opened->execute("PRAGMA cache_size = -4096");
  if (opened->error()) return *opened->error();
  return Reading(state, std::make_unique<Database>(std::move(*opened)));
}

Reading::~Reading() {
  if (!database_) return;
  database_->forget_error();
  std::lock_guard lock(state_->pool_mutex);
  state_->pool.push_back(std::move(database_));
}

}  // namespace sluice::emulator
