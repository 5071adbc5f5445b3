#include "bulk/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "bulk/ahead_listing.h"
#include "bulk/entry_table.h"
#include "bulk/table_listing.h"
#include "io/file_error.h"
#include "io/state_sqlite.h"

namespace sluice::bulk {
namespace {

constexpr std::string_view kWhat = "the listing";
constexpr std::uint64_t kMark = 0x534c554c;  // "SLUL"
constexpr std::uint64_t kFormat = 1;
constexpr std::uint64_t kCommit = 1 << 16;  // entries a transaction
// It is no listing before all is there, and then it is flushed once: until then nothing is flushed, and
// nothing taken back.
constexpr const char* kBegin =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
    "PRAGMA application_id=1397511500; PRAGMA user_version=1;"
    "CREATE TABLE listing(place TEXT NOT NULL, identity TEXT NOT NULL, entries INTEGER NOT NULL,"
    " complete INTEGER NOT NULL); BEGIN";

/// What tells a side from all others.
struct Place {
  std::string text, identity;
  bool operator==(const Place&) const = default;
};

Place place_of(const Side& side) {
  if (!side.local()) return {side.text(), side.store->identity()};
  std::error_code failed;
  auto path = std::filesystem::absolute(side.directory, failed);
  if (failed) return {side.directory, ""};
  path = path.lexically_normal();
  return {path.has_filename() ? path.string() : path.parent_path().string(), ""};
}

Unexpected useless(std::string why) {
  return fail(ErrorKind::state, std::move(why), "make it again: --save-listing FILE");
}
Unexpected useless(const std::string& path, const std::string& why) {
  return useless(fmt::format("{} {}: {}", kWhat, path, why));
}

Result<void> flush(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  return flushed ? Result<void>() : io::disk_error("flush", path, error);
}

Result<void> write(Listing& listing, const Place& place, const std::string& path) {
  auto opened = io::Sqlite::open(path, true, kWhat);
  if (!opened) return unexpected(std::move(opened).error());
  const std::shared_ptr<io::Sqlite> db = *std::move(opened);
  if (auto begun = db->run(kBegin); !begun) return begun;
  auto row = db->prepare("INSERT INTO listing VALUES(?,?,0,0)");
  if (!row) return unexpected(std::move(row).error());
  if (auto put = row->bind(place.text).bind(place.identity).run(); !put) return put;
  auto table = EntryTable::in(db);
  if (!table) return unexpected(std::move(table).error());
  std::uint64_t count = 0, committed = 0;
  while (true) {
    auto page = listing.next();
    if (!page) return unexpected(std::move(page).error());
    if (page->empty()) break;
    if (auto added = table->add(*page); !added) return added;
    count += page->size();
    if (count - committed < kCommit) continue;
    if (auto done = db->run("COMMIT; BEGIN"); !done) return done;
    committed = count;
  }
  return db->run("UPDATE listing SET entries=(SELECT count(*) FROM entry), complete=1; COMMIT");
}

Result<void> check_replaceable(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) return {};
  auto db = io::Sqlite::open_to_read(path, kWhat);
  auto mark = db ? (*db)->number("PRAGMA application_id") : Result<std::uint64_t>(0);
  if (mark && *mark == kMark) return {};
  return fail(ErrorKind::argument, path + " exists and is no listing", "save the listing under another name");
}

class Saved {
 public:
  /// Refuses what is of no use.
  static Result<Saved> open(const Side& side, const std::string& path) {
    if (access(path.c_str(), R_OK) != 0) return io::disk_error("read the listing", path, errno);
    auto db = io::Sqlite::open_to_read(path, kWhat);
    if (!db) return useless(db.error().message);
    Saved saved(*std::move(db));
    auto mark = saved.db_->number("PRAGMA application_id");
    if (!mark) return useless(mark.error().message);
    if (*mark != kMark) return useless(path, "the file is none");
    auto format = saved.db_->number("PRAGMA user_version");
    if (format && *format > kFormat) return useless(path, "it was written by a newer version of sluice");
    if (auto fine = saved.check_row(side, path); !fine) return unexpected(std::move(fine).error());
    auto table = EntryTable::in(saved.db_);
    if (!table) return useless(table.error().message);
    saved.table_.emplace(*std::move(table));
    return saved;
  }

  Result<void> give(const Side& side, const std::string& path, const ListingOptions& options,
                    const AheadListing::Give& give, const std::stop_token& stop) {
    auto count = give_table(*table_, side, options, give);
    if (!count) return useless(count.error().message);
    if (options.start_after.empty() && *count != entries_ && !stop.stop_requested())
      return useless(path, fmt::format("it holds {} entries and should hold {}", *count, entries_));
    return {};
  }

 private:
  explicit Saved(std::shared_ptr<io::Sqlite> db) : db_(std::move(db)) {}

  Result<void> check_row(const Side& side, const std::string& path) {
    auto row = db_->prepare("SELECT place, identity, entries, complete FROM listing");
    if (!row) return useless(row.error().message);
    auto there = row->step();
    if (!there) return useless(there.error().message);
    if (!*there || row->number(3) == 0) return useless(path, "it was not finished");
    entries_ = row->number(2);
    const Place saved{row->text(0), row->text(1)}, wanted = place_of(side);
    if (saved == wanted) return {};
    const bool moved = saved.text == wanted.text;
    return fail(
        ErrorKind::argument,
        fmt::format("{} is a listing of {}{}, not of {}{}", path, saved.text,
                    moved ? " at " + saved.identity : "", wanted.text, moved ? " at " + wanted.identity : ""),
        "give the listing of this side, or make one: --save-listing FILE");
  }

  std::shared_ptr<io::Sqlite> db_;
  std::optional<EntryTable> table_;
  std::uint64_t entries_ = 0;
};

}  // namespace

Result<void> save_listing(Listing& listing, const Side& side, const std::string& path) {
  if (auto may = check_replaceable(path); !may) return may;
  const std::string part = path + ".sluice-part";
  (void)std::remove(part.c_str());
  auto saved = write(listing, place_of(side), part);
  if (saved) saved = flush(part);
  if (saved && std::rename(part.c_str(), path.c_str()) != 0)
    saved = io::disk_error("rename " + part + " to", path, errno);
  if (!saved) (void)std::remove(part.c_str());
  return saved;
}

std::unique_ptr<Listing> read_listing(Side side, std::string path, ListingOptions options) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [side = std::move(side), path = std::move(path), options = std::move(options)](
                  const AheadListing::Give& give, const std::stop_token& asked) -> Result<void> {
    auto saved = Saved::open(side, path);
    if (!saved) return unexpected(std::move(saved).error());
    return saved->give(side, path, options, give, asked);
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
