// What was received of an object or a part: its size, its ETag and the checksum that came with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/sink/loop.h"

namespace sink {

struct Received {
  std::uint64_t size = 0;
  std::string etag;
  std::string checksum;  ///< as a header line; believed, not computed
  std::string headers() const { return "ETag: \"" + etag + "\"\r\n" + checksum; }
};

/// Nothing: the body is not what was announced, and that was answered.
std::optional<Received> received(Loop& loop, Connection& c);
/// Gives the kept bytes their name. False: that failed and was answered.
bool keep(Loop& loop, Connection& c, const std::string& path);

}  // namespace sink
