// Entries in a table of SQLite's, whatever order they came in, read back in byte order of their names.
// One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bulk/entry.h"
#include "io/state_sqlite.h"

namespace sluice::bulk {

class EntryTable {
 public:
  /// In memory while it is small, then in a file without a name below TMPDIR.
  static Result<EntryTable> temporary();
  /// In a database that has one, or is given one.
  static Result<EntryTable> in(std::shared_ptr<io::Sqlite> db);

  /// One of the same name is replaced. Within a transaction of the caller's, or slow.
  Result<void> add(const Entry&);
  Result<void> add(const std::vector<Entry>&);
  /// The first `most` behind a name; fewer at the end. Their `info.key` is left to the caller.
  Result<std::vector<Entry>> behind(const std::string& name, std::size_t most);

 private:
  EntryTable(std::shared_ptr<io::Sqlite> db, io::Statement insert, io::Statement select);

  std::shared_ptr<io::Sqlite> db_;
  io::Statement insert_, select_;
};

}  // namespace sluice::bulk
