// What is listed of a local file.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "sluice/types.h"

namespace sluice::bulk {

inline ObjectInfo file_info(std::string name, std::uint64_t size, std::int64_t mtime_ns) {
  ObjectInfo info;
  info.key = std::move(name);
  info.size = size;
  info.modified =
      TimePoint(std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(mtime_ns)));
  return info;
}

}  // namespace sluice::bulk
