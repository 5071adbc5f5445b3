// SQLite behind Result: one connection, prepared statements, transactions. Used from one thread at a
// time; whoever holds it brings the mutex.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::io {

class Sqlite;

class Statement {
 public:
  Statement& bind(std::string_view text);
  Statement& bind(std::uint64_t value);  ///< kept as the signed number of the same bits
  Statement& bind_null();
  Statement& bind(const std::optional<std::uint64_t>& value);
  /// True: a row stands ready. False: done.
  Result<bool> step();
  /// For statements without rows; ready to be bound again.
  Result<void> run();
  /// Ready to be bound again, whatever rows are left.
  void reset();

  std::string text(int column) const;
  std::uint64_t number(int column) const;
  std::optional<std::uint64_t> optional_number(int column) const;

 private:
  friend class Sqlite;
  struct Finalize {
    void operator()(sqlite3_stmt*) const;
  };
  Statement(Sqlite* owner, sqlite3_stmt* statement) : owner_(owner), statement_(statement) {}
  Sqlite* owner_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

class Sqlite {
 public:
  /// Opens an existing file for reading and writing, or makes one, mode 0600. "": a database that is gone
  /// with the object, in memory while it is small. Errors call it `what`.
  static Result<std::unique_ptr<Sqlite>> open(std::string path, bool may_create,
                                              std::string_view what = "the saved state");
  static Result<std::unique_ptr<Sqlite>> open_to_read(std::string path, std::string_view what);
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  ~Sqlite();

  Result<void> run(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// First column of the first row; 0 or "" without rows.
  Result<std::uint64_t> number(std::string_view sql);
  Result<std::string> text(std::string_view sql);
  /// SQLite's last complaint as an error of kind state.
  Unexpected error() const;
  /// That complaint says that the file is not, or no longer, a sound database of ours.
  bool damaged() const;
  const std::string& path() const { return path_; }

 private:
  Sqlite(std::string path, std::string_view what, sqlite3* db)
      : path_(std::move(path)), what_(what), db_(db) {}
  static Result<std::unique_ptr<Sqlite>> open(std::string path, std::string_view what, int flags);
  std::string path_, what_;
  sqlite3* db_;
};

/// Begins at construction, rolls back at the end unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Sqlite& db);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Sqlite* db) : db_(db) {}
  Sqlite* db_;
};

}  // namespace sluice::io
