// PartFile: a download on its way to a local file.
//
// Bytes go to NAME.sluice-part beside the final name, preallocated, and become NAME by one atomic
// rename in finish(). The part file is locked (flock) while it is open, so that two downloads to one
// name exclude each other. The destructor leaves it there for a later resume; discard() removes it.
//
// create(), sync(), finish(), discard() and crc64_of() may block: pool threads. A part() belongs to one
// worker thread and keeps the file open; parts at different offsets are written at once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "io/body.h"
#include "io/file_digests.h"
#include "io/file_range.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::io {

/// A BodySink for exactly `length` bytes that knows the checksums of what it took.
class PartSink : public BodySink {
 public:
  /// Writes what is still buffered and frees the buffer. kind network when bytes are missing. Only
  /// after this has answered well may a record claim the part.
  virtual Result<void> finish() = 0;
  /// Of what was taken since the last rewind().
  virtual DigestValues digests() const = 0;
};

/// Ends in .sluice-part: no final file has such a name, create() refuses it.
bool is_part_name(std::string_view path);

/// An error, errno EEXIST, when something has that name; a link that leads nowhere is something.
Result<void> check_free(const std::string& path);

struct PartFileOptions {
  std::optional<std::uint64_t> size{};  ///< of the whole file; empty = unknown, nothing is preallocated
  bool resume = false;                  ///< keep what an earlier run left in the part file
  /// With `resume`: keep it only when it has this identity(), else begin a new file, so that records of
  /// a third transfer to the same name never fit a file that this one has written to. Empty = any.
  std::string identity{};
  bool create_parents = false;
  Durability durability = Durability::kill;
  bool replace = true;  ///< false: a final file that exists, also by then, is left alone: errno EEXIST
  std::optional<TimePoint> modified{};  ///< the time that the final file shall have
};

class PartFile : public std::enable_shared_from_this<PartFile> {
 public:
  /// Errors: kind disk with errno and path; kind state when another download writes the same file.
  static Result<std::shared_ptr<PartFile>> create(std::string final_path, PartFileOptions options = {});
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();

  const std::string& path() const { return final_path_; }
  const std::string& part_path() const { return part_path_; }
  /// An earlier run's part file was found and kept (only with `resume`).
  bool found() const { return found_; }
  /// Tells this part file from another of the same name: what a record of finished parts belongs to.
  const std::string& identity() const { return identity_; }

  static constexpr std::size_t kMostGathered = 256u << 10;

  /// A sink for bytes [offset, offset + length). begin() checks the answer when `expected` is set; up to
  /// `gather` bytes are held and written at once.
  std::unique_ptr<PartSink> part(std::uint64_t offset, std::uint64_t length, DigestFlags digests = kNoDigest,
                                 std::optional<ExpectedRange> expected = {},
                                 std::size_t gather = kMostGathered);

  /// CRC64-ECMA of a region, read back from the file: verifies recorded parts.
  Result<std::uint64_t> crc64_of(std::uint64_t offset, std::uint64_t length) const;

  /// Flushes to the disk; durability `power` does this before records are committed.
  Result<void> sync();

  /// To the final name; with durability `power` flushed first and the directory after. Once.
  Result<void> finish();
  /// Removes the part file.
  void discard();

  /// For parts: everything or an error naming the path.
  Result<void> write_at(std::uint64_t offset, std::string_view bytes);

 private:
  PartFile(std::string final_path, PartFileOptions options);
  Result<void> check_final() const;
  Result<void> open_locked();
  Result<bool> try_open_locked();  ///< false: lost a race, once more
  Result<void> allocate();
  Result<void> give_name();
  Result<void> sync_directory() const;

  const std::string final_path_, part_path_;
  const PartFileOptions options_;
  std::string identity_;
  std::mutex writing_;
  int fd_ = -1;
  bool found_ = false;
  bool renamed_ = false;
};

/// Fills (*into)[offset, offset + length), which must be that large already and stay.
std::unique_ptr<PartSink> memory_sink(std::string* into, std::uint64_t offset, std::uint64_t length,
                                      DigestFlags digests = kNoDigest,
                                      std::optional<ExpectedRange> expected = {});

}  // namespace sluice::io
