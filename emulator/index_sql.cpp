// Cached statements over the C interface of SQLite.
#include "emulator/index_sql.h"

#include <sqlite3.h>

namespace sluice::emulator {

Statement::~Statement() {
  if (!handle_) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

void Statement::again() {
  next_ = 1;
  if (!handle_) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

void Statement::add(std::int64_t value) {
  if (handle_) sqlite3_bind_int64(handle_, next_, value);
  ++next_;
}

// Everything of variable length is a BLOB: keys compare by byte and nothing is ever converted.
void Statement::add(std::string_view value) {
  if (handle_) {
    // A null pointer would bind NULL; an empty BLOB is meant.
    const char* data = value.empty() ? "" : value.data();
    sqlite3_bind_blob64(handle_, next_, data, value.size(), SQLITE_STATIC);
  }
  ++next_;
}

// After an error nothing runs: SQLite may have rolled the transaction back by itself, and what follows
// would be committed statement by statement.
bool Statement::step() {
  if (!handle_ || database_->error_) return false;
  int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail(sqlite3_sql(handle_));
  return false;
}

bool Statement::run() {
  while (step()) {
  }
  return !database_->error();
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  int size = sqlite3_column_bytes(handle_, column);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
              : std::string_view();
}

StorageResult<Database> Database::open(const std::string& path) {
  Database database;
  int code = sqlite3_open_v2(path.c_str(), &database.handle_,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    database.fail("open " + path);
    return *database.error_;
  }
  sqlite3_busy_timeout(database.handle_, 10'000);
  return database;
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      statements_(std::move(other.statements_)),
      error_(std::move(other.error_)) {}

Database::~Database() {
  if (!handle_) return;
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Statement Database::prepare(const char* sql) {
  auto found = statements_.find(sql);
  if (found != statements_.end()) return Statement(*this, found->second);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    fail(sql);
    return Statement(*this, nullptr);
  }
  statements_.emplace(sql, statement);
  return Statement(*this, statement);
}

bool Database::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return true;
  fail(sql);
  return false;
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}

int Database::changes() const {
  return sqlite3_changes(handle_);
}

void Database::fail(std::string_view doing) {
  if (error_) return;  // the first one tells why the others failed
  std::string reason = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
  error_ =
      StorageError{StorageCode::database, "index: " + reason + " (" + std::string(doing.substr(0, 80)) + ")"};
}

}  // namespace sluice::emulator
