// A small file that is in memory as a whole, written to its final name at once.
//
// A new file is filled while it has no name (O_TMPFILE) and then linked to its own: a kill leaves
// nothing behind. Where a file is replaced, or the file system knows no nameless files, it is written
// as any download is, by PartFile. May block: scheduler::QuickJobs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::io {

struct WholeFileOptions {
  bool create_parents = false;
  Durability durability = Durability::kill;
  bool replace = true;                  ///< false: what exists is left alone, errno EEXIST
  std::optional<TimePoint> modified{};  ///< the time that the file shall have
};

/// Errors as PartFile::create() and its write, sync and finish have them.
Result<void> write_whole_file(const std::string& path, std::string_view bytes,
                              const WholeFileOptions& options = {});

}  // namespace sluice::io
