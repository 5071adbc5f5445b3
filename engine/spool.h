// Spool: a piece of a stream, held until it has been sent. Blocks: pool threads.
#pragma once

#include <memory>
#include <string>

#include "engine/stream_upload.h"
#include "engine/upload.h"

namespace sluice::engine {

struct Spooled {
  std::shared_ptr<UploadBytes> bytes;  ///< rereadable; its memory or disk space lives as long as it
  bool last = false;                   ///< the stream has ended
};

/// Reads up to `size` bytes. `directory` empty: into memory; else into an unlinked file there.
Result<Spooled> spool(const StreamReader& read, std::uint64_t size, const std::string& directory);

}  // namespace sluice::engine
