// What this machine gives a run: instructions, open files, memory, a place for saved state.
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "cli/doctor.h"
#include "cli/machine.h"
#include "cli/open_files.h"
#include "cli/units.h"
#include "io/file_error.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kMi = 1ull << 20;

std::string bytes(std::uint64_t count) {
  return format_bytes(static_cast<double>(count));
}

std::string names(const std::vector<const Feature*>& features) {
  std::string text;
  for (const Feature* each : features) text += (text.empty() ? "" : ", ") + std::string(each->name);
  return text;
}

/// The directory, or what it would be made in.
std::string nearest_that_is_there(const std::string& directory) {
  std::error_code failed;
  std::filesystem::path at = std::filesystem::absolute(directory, failed);
  while (at.has_relative_path() && !std::filesystem::exists(at, failed)) at = at.parent_path();
  return at.string();
}

}  // namespace

Finding check_processor(Patient&) {
  const Processor processor = this_processor();
  if (processor.has.empty() && processor.lacks.empty()) return Told{"what it can do is not told here"};
  for (const Feature* each : processor.lacks)
    if (each->without)
      return warning(
          fmt::format("no instructions for {}: {}; let a virtual machine have its host's processor", each->name,
                      each->without));
  const std::string without = processor.lacks.empty() ? "" : ", without " + names(processor.lacks);
  return Told{names(processor.has) + without};
}

Finding judge_files(std::uint64_t most, const ClientOptions& limits) {
  const std::uint64_t wanted = open_files_wanted(limits);
  if (most >= wanted) return Told{fmt::format("{} may be open, and {} are enough", most, wanted)};
  return warning(
      fmt::format("{} may be open, and a run may want {}: raise the hard limit (ulimit -Hn {}; a service's "
                  "LimitNOFILE=), or give a smaller -c and -j",
                  most, wanted, wanted));
}

Finding check_files(Patient& patient) {
  return judge_files(open_files_limit(), *patient.limits);
}

Finding judge_memory(std::optional<std::uint64_t> most, const ClientOptions& limits) {
  // Beside the buffers: the program, its threads, and what the kernel counts as ours.
  constexpr std::uint64_t kBeside = 64 * kMi, kLeast = 16 * kMi;
  const std::uint64_t buffers = limits.memory;
  if (!most) return Told{fmt::format("{} of buffers; how much there is, is not told here", bytes(buffers))};
  if (buffers + kBeside <= *most)
    return Told{fmt::format("{} of buffers, of {}", bytes(buffers), bytes(*most))};
  const std::uint64_t fitting = std::max(kLeast, (*most / 2) / kMi * kMi);
  return warning(fmt::format("{} of buffers, and this process may have {} in all: give --memory {}",
                             bytes(buffers), bytes(*most), format_size_exactly(fitting)));
}

Finding check_memory(Patient& patient) {
  return judge_memory(memory_limit(), *patient.limits);
}

Finding check_state(Patient& patient) {
  constexpr std::uint64_t kLittle = 64 * kMi;
  const std::string& directory = patient.limits->state_dir;
  const std::string there = nearest_that_is_there(directory);
  std::error_code ignored;
  int cause = std::filesystem::is_directory(there, ignored) ? 0 : ENOTDIR;
  if (cause == 0 && ::access(there.c_str(), W_OK | X_OK) != 0) cause = errno;
  if (cause != 0)
    return fail(ErrorKind::config,
                fmt::format("{} cannot be written: {}", there, io::error_text(cause)),
                "no transfer in parts can be recorded: give another place with --state-dir");
  struct statvfs disk{};
  if (::statvfs(there.c_str(), &disk) != 0) return Told{directory};
  const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (free < kLittle)
    return warning(fmt::format("{}: {} free; make room, or give another place with --state-dir", directory,
                               bytes(free)));
  return Told{fmt::format("{}, {} free", directory, bytes(free))};
}

}  // namespace sluice::cli
