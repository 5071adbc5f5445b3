// A SQLite connection with cached statements, as small as the index needs it.
//
// A connection belongs to one thread at a time. Errors stick: after a failure step() answers false and
// runs nothing until forget_error(), so that a sequence of statements is checked once, at its end.
// Whoever treats "no row" as news must ask error() first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "emulator/storage_types.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::emulator {

class Database;

/// One run of a cached statement; reset when it goes. Bound texts must outlive the run.
class Statement {
 public:
  Statement(Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}
  Statement(Statement&& other) noexcept
      : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)), next_(other.next_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Binds in order of the question marks.
  template <class... Values>
  Statement& bind(const Values&... values) {
    (add(values), ...);
    return *this;
  }
  bool step();   ///< true: a row
  bool run();    ///< true: went through
  void again();  ///< back to the start, bindings gone

  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;  ///< until the next step
  std::string text(int column) const { return std::string(bytes(column)); }

 private:
  friend class Database;
  void add(std::int64_t value);
  void add(std::uint64_t value) { add(static_cast<std::int64_t>(value)); }
  void add(std::uint32_t value) { add(static_cast<std::int64_t>(value)); }
  void add(int value) { add(static_cast<std::int64_t>(value)); }
  void add(std::string_view value);
  void add(const std::string& value) { add(std::string_view(value)); }

  Database* database_;
  sqlite3_stmt* handle_;
  int next_ = 1;
};

class Database {
 public:
  static StorageResult<Database> open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  /// `sql` is a literal: its address is the cache's key. One run at a time of each statement.
  Statement prepare(const char* sql);
  bool execute(const char* sql);
  std::int64_t last_row() const;  ///< number of the last inserted row
  int changes() const;            ///< rows of the last INSERT, UPDATE or DELETE

  const std::optional<StorageError>& error() const { return error_; }
  void forget_error() { error_.reset(); }

 private:
  friend class Statement;
  Database() = default;
  void fail(std::string_view doing);

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
  std::optional<StorageError> error_;
};

}  // namespace sluice::emulator
