// The few calls of SQLite that state files need.
#include "io/state_sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

#include "io/file_error.h"

namespace sluice::io {

void Statement::Finalize::operator()(sqlite3_stmt* s) const {
  sqlite3_finalize(s);
}

Statement& Statement::bind(std::string_view text) {
  // Not static: the text may be gone before the statement runs.
  sqlite3_bind_text64(statement_.get(), ++bound_, text.data() ? text.data() : "", text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind(std::uint64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, static_cast<sqlite3_int64>(value));
  return *this;
}
Statement& Statement::bind_null() {
  sqlite3_bind_null(statement_.get(), ++bound_);
  return *this;
}
Statement& Statement::bind(const std::optional<std::uint64_t>& value) {
  return value ? bind(*value) : bind_null();
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return owner_->error();
}

Result<void> Statement::run() {
  auto stepped = step();
  reset();
  return stepped ? Result<void>{} : Result<void>(unexpected(stepped.error()));
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto count = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes ? std::string(bytes, count) : std::string();
}
std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.get(), column));
}
std::optional<std::uint64_t> Statement::optional_number(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return {};
  return number(column);
}

Result<std::unique_ptr<Sqlite>> Sqlite::open(std::string path, bool may_create, std::string_view what) {
  // SQLite would make it readable for everybody; its companions inherit the mode. Never opened when it
  // exists: closing would drop the locks of another connection in this process.
  if (may_create) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno != EEXIST) {
      Error e = make_error(ErrorKind::state, "cannot create " + path + ": " + error_text(errno));
      e.system_error = errno;
      return unexpected(std::move(e));
    }
    if (fd >= 0) ::close(fd);
  }
  auto opened = open(std::move(path), what, SQLITE_OPEN_READWRITE);
  if (opened && sqlite3_db_readonly((*opened)->db_, "main") == 1)
    return fail(ErrorKind::state, (*opened)->what_ + " " + (*opened)->path_ + " is read-only");
  return opened;
}

Result<std::unique_ptr<Sqlite>> Sqlite::open_to_read(std::string path, std::string_view what) {
  return open(std::move(path), what, SQLITE_OPEN_READONLY);
}

Result<std::unique_ptr<Sqlite>> Sqlite::open(std::string path, std::string_view what, int flags) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, nullptr);
  std::unique_ptr<Sqlite> opened(new Sqlite(std::move(path), what, db));
  if (code != SQLITE_OK) return opened->error();
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 5000);  // somebody lists the directory; never a second owner
  return opened;
}

Sqlite::~Sqlite() {
  sqlite3_close_v2(db_);
}

Result<void> Sqlite::run(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return {};
}

Result<Statement> Sqlite::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return error();
  return Statement(this, statement);
}

Result<std::uint64_t> Sqlite::number(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return unexpected(statement.error());
  auto row = statement->step();
  if (!row) return unexpected(row.error());
  return *row ? statement->number(0) : 0;
}

Result<std::string> Sqlite::text(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return unexpected(statement.error());
  auto row = statement->step();
  if (!row) return unexpected(row.error());
  return *row ? statement->text(0) : std::string();
}

Unexpected Sqlite::error() const {
  const std::string what = path_.empty() ? "a table on disk" : what_ + " " + path_;
  Error e = make_error(ErrorKind::state, what + ": " + (db_ ? sqlite3_errmsg(db_) : "not enough memory"));
  e.system_error = db_ ? sqlite3_system_errno(db_) : ENOMEM;
  return unexpected(std::move(e));
}

bool Sqlite::damaged() const {
  const int code = sqlite3_errcode(db_) & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
}

Result<Transaction> Transaction::begin(Sqlite& db) {
  if (auto begun = db.run("BEGIN IMMEDIATE"); !begun) return unexpected(begun.error());
  return Transaction(&db);
}

Transaction::~Transaction() {
  if (db_) (void)db_->run("ROLLBACK");
}

Result<void> Transaction::commit() {
  if (auto committed = db_->run("COMMIT"); !committed) return committed;  // rolled back at the end
  db_ = nullptr;
  return {};
}

}  // namespace sluice::io
