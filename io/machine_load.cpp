#include "io/machine_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace sluice::io {

MachineLoad::MachineLoad() : file_(open("/proc/stat", O_RDONLY | O_CLOEXEC)) {}

MachineLoad::~MachineLoad() {
  if (file_ >= 0) close(file_);
}

std::chrono::nanoseconds MachineLoad::idle() const {
  char text[256];
  const ssize_t count = file_ < 0 ? -1 : pread(file_, text, sizeof text - 1, 0);
  text[count < 0 ? 0 : count] = '\0';
  // Of user, nice, system, idle and waiting for a disk; in ticks, all processors together.
  long long idle = 0, waiting = 0;
  const long ticks = sysconf(_SC_CLK_TCK) * sysconf(_SC_NPROCESSORS_ONLN);
  if (ticks <= 0 || std::sscanf(text, "cpu %*d %*d %*d %lld %lld", &idle, &waiting) != 2)
    return std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::nanoseconds((idle + waiting) * (1'000'000'000 / ticks));
}

}  // namespace sluice::io
