// Local trees: finding every regular file below a directory, and turning keys into safe local paths.
// Everything here blocks: pool threads.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::io {

struct WalkEntry {
  std::string path;  ///< relative to the walked directory, with '/'
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;

  TimePoint modified() const {
    return TimePoint(std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(mtime_ns)));
  }
};

struct WalkCallbacks {
  std::function<bool(const WalkEntry&)> file;  ///< each regular file; false ends the walk
  /// Relative path and what it is ("symbolic link", "socket", ...) of whatever is not followed.
  std::function<void(const std::string& path, std::string_view what)> skipped;
  /// A directory or entry that could not be read; the walk goes on.
  std::function<void(const Error&)> failed;
  /// Asked before each directory, by its relative path with a '/' behind; false leaves it out, unread.
  std::function<bool(std::string_view directory)> enter{};
};

/// Regular files in byte order of their relative paths, so that it can be merged with a store's list.
/// Memory: the names of the directories that are open, one a level. Symbolic links are not followed,
/// except `directory` itself. An error only when `directory` itself cannot be read. `start_after`: a relative
/// path; what is not behind it is left out, and directories that lie wholly before it are not read.
Result<void> walk(const std::string& directory, const WalkCallbacks& callbacks,
                  std::string_view start_after = {});

/// `directory`/`key`. Refused, kind argument, with the rule named: empty keys, absolute ones, empty, "."
/// and ".." segments, a trailing '/', NUL, segments above 255 bytes, paths above the system's limit.
/// Looks at words only: a symbolic link that the user put below `directory` is followed later.
Result<std::string> safe_join(const std::string& directory, std::string_view key);

/// Makes `directory` and every missing one above it. Made by somebody else meanwhile is fine.
Result<void> make_directories(const std::string& directory, mode_t mode = 0777);
/// The same for everything above `path`.
Result<void> mkdir_parents(const std::string& path, mode_t mode = 0777);

}  // namespace sluice::io
