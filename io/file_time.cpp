#include "io/file_time.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "io/file_error.h"

namespace sluice::io {

Result<void> set_modified(int fd, const std::string& path, TimePoint time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  timespec times[2] = {};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = static_cast<time_t>(seconds.count());
  times[1].tv_nsec = static_cast<long>(std::chrono::nanoseconds(since - seconds).count());
  if (futimens(fd, times) != 0) return disk_error("set the time of", path, errno);
  return {};
}

}  // namespace sluice::io
