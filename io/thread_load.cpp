#include "io/thread_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace sluice::io {

ThreadLoad::~ThreadLoad() {
  if (const int file = file_.load(); file >= 0) close(file);
}

void ThreadLoad::watch_this_thread() {
  const int before = file_.exchange(open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  if (before >= 0) close(before);
}

// Nanoseconds on a processor, nanoseconds waiting for one, turns (Linux,
// Documentation/scheduler/sched-stats).
std::chrono::nanoseconds ThreadLoad::so_far() const {
  char text[80];
  const int file = file_.load();
  const ssize_t count = file < 0 ? -1 : pread(file, text, sizeof text - 1, 0);
  if (count <= 0) return {};
  text[count] = '\0';
  long long ran = 0, waited = 0;
  if (std::sscanf(text, "%lld %lld", &ran, &waited) != 2) return {};
  return std::chrono::nanoseconds(ran + waited);
}

}  // namespace sluice::io
