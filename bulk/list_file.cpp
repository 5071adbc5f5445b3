#include "bulk/list_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "bulk/ahead_listing.h"
#include "bulk/entry_table.h"
#include "bulk/lookup.h"
#include "io/file_error.h"

namespace sluice::bulk {
namespace {

constexpr std::size_t kPage = 512;

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

/// The name in a line; empty = none.
std::string name_in(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  if (line.starts_with('#')) return {};
  while (line.starts_with("./")) line.erase(0, 2);
  return line;
}

/// What getdelim(3) gives, until the end.
class Pieces {
 public:
  Pieces(std::FILE* file, char end) : file_(file), end_(end) {}
  ~Pieces() { std::free(piece_); }
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  bool next(std::string& piece) {
    const ssize_t count = getdelim(&piece_, &room_, end_, file_);
    if (count < 0) return false;
    piece.assign(piece_, static_cast<std::size_t>(count));
    if (piece.ends_with(end_)) piece.pop_back();
    return true;
  }

 private:
  std::FILE* const file_;
  const char end_;
  char* piece_ = nullptr;
  std::size_t room_ = 0;
};

Result<void> read_names(const NameFile& from, EntryTable& into, const std::stop_token& stop) {
  const bool standard = from.path == "-";
  const std::unique_ptr<std::FILE, CloseFile> file(standard ? stdin : std::fopen(from.path.c_str(), "re"));
  if (!file) return io::disk_error("read the names in", from.path, errno);
  Pieces pieces(file.get(), from.nul ? '\0' : '\n');
  std::string piece;
  Entry entry;
  while (!stop.stop_requested() && pieces.next(piece)) {
    entry.name = from.nul ? piece : name_in(piece);
    if (entry.name.empty()) continue;
    if (auto added = into.add(entry); !added) return added;
  }
  if (std::ferror(file.get())) return io::disk_error("read the names in", from.path, errno);
  return {};
}

Result<void> list(engine::Runtime& runtime, const Side& side, const NameFile& file,
                  const ListingOptions& options, const AheadListing::Give& give,
                  const std::stop_token& stop) {
  auto table = EntryTable::temporary();
  if (!table) return unexpected(std::move(table).error());
  if (auto read = read_names(file, *table, stop); !read) return read;
  std::string behind = options.start_after;
  while (!stop.stop_requested()) {
    auto names = table->behind(behind, kPage);
    if (!names) return unexpected(std::move(names).error());
    if (names->empty()) break;
    behind = names->back().name;
    auto there = look_up(runtime, side, *std::move(names), options, stop);
    if (!there) return unexpected(std::move(there).error());
    if (!give(*std::move(there))) break;
  }
  return {};
}

}  // namespace

std::unique_ptr<Listing> list_names(engine::Runtime& runtime, Side side, NameFile file,
                                    ListingOptions options) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [&runtime, side = std::move(side), file = std::move(file), options = std::move(options)](
                  const AheadListing::Give& give, const std::stop_token& asked) {
    return list(runtime, side, file, options, give, asked);
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
