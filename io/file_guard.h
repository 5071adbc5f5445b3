// The one place that touches mapped file data.
//
// A page of a mapping behind the end of its file, or one that the disk cannot deliver, raises SIGBUS.
// The handler installed here puts a page of zeros in the place of the window being copied, so that the
// copy runs to its end, and notes the fault; nothing is jumped over, which keeps it right under every
// sanitizer. Faults that are not ours go to the handler that was there before.
#pragma once

#include <cstddef>

namespace sluice::io {

/// Copies `count` bytes at `offset` of the mapped window. False: the file had no such bytes, what was
/// copied is worthless and so is the window, which the caller unmaps. Any thread; a window belongs to one.
bool guarded_copy(char* to, const char* window, std::size_t window_bytes, std::size_t offset,
                  std::size_t count);

}  // namespace sluice::io
