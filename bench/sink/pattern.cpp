// Makes the pattern: twice in a row, so that a whole period is contiguous from any start.
#include "bench/sink/pattern.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bench/sink/mix.h"

namespace sink {

Pattern::Pattern() {
  file_ = memfd_create("sink-pattern", MFD_CLOEXEC);
  void* map = MAP_FAILED;
  if (file_ >= 0 && ftruncate(file_, kPeriod * 2) == 0)
    map = mmap(nullptr, kPeriod * 2, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (map == MAP_FAILED) {
    std::perror("sink: pattern");
    std::exit(1);
  }
  char* bytes = static_cast<char*>(map);
  std::uint64_t state = 42;
  for (std::uint64_t i = 0; i < kPeriod; i += sizeof state) {
    state = mix(state + i);
    std::memcpy(bytes + i, &state, std::min<std::uint64_t>(sizeof state, kPeriod - i));
  }
  std::memcpy(bytes + kPeriod, bytes, kPeriod);
  bytes_ = bytes;
}

std::uint64_t Pattern::base(std::uint64_t object) {
  return object == 0 ? 0 : mix(object) % kPeriod;
}

}  // namespace sink
