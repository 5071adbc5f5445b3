#include "cli/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace sluice::cli {
namespace {

// More is never wanted, and a program that we start may walk through all that it could have open.
constexpr rlim_t kEnough = 1u << 16;

}  // namespace

void raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min(limit.rlim_max, kEnough);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::uint64_t open_files_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kEnough;
  return limit.rlim_cur;
}

std::uint64_t open_files_wanted(const ClientOptions& options) {
  // Of an object in parts: the file, its record, the record's journal, its lock.
  constexpr std::uint64_t kOfAnObject = 4, kOfTheProcess = 64;
  return options.concurrency + kOfAnObject * options.jobs + kOfTheProcess;
}

}  // namespace sluice::cli
