#include "engine/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace sluice::engine {
namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Unexpected disk_error(const std::string& what, const std::string& directory) {
  Error e = make_error(ErrorKind::disk, fmt::format("{} in {}: {}", what, directory, std::strerror(errno)));
  e.system_error = errno;
  return unexpected(std::move(e));
}

/// Fills `into` unless the stream ends first.
Result<std::size_t> read_full(const StreamReader& read, std::span<char> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    auto count = read(into.subspan(filled));
    if (!count) return count;
    if (*count == 0) break;
    filled += *count;
  }
  return filled;
}

Result<Spooled> spool_to_memory(const StreamReader& read, std::uint64_t size) {
  auto buffer = std::make_unique_for_overwrite<char[]>(size);
  auto filled = read_full(read, std::span(buffer.get(), size));
  if (!filled) return unexpected(filled.error());
  Spooled piece;
  piece.last = *filled < size;
  piece.bytes = held_bytes(std::move(buffer), *filled);
  return piece;
}

Result<Spooled> spool_to_disk(const StreamReader& read, std::uint64_t size, const std::string& directory) {
  Descriptor file;
  file.fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file.fd < 0) return disk_error("no spool file can be made", directory);
  constexpr std::size_t kStep = 1u << 20;
  auto buffer = std::make_unique_for_overwrite<char[]>(kStep);
  std::uint64_t total = 0;
  bool last = false;
  while (total < size && !last) {
    const std::size_t wanted = std::min<std::uint64_t>(kStep, size - total);
    auto filled = read_full(read, std::span(buffer.get(), wanted));
    if (!filled) return unexpected(filled.error());
    last = *filled < wanted;
    for (std::size_t written = 0; written < *filled;) {
      const ssize_t n = ::write(file.fd, buffer.get() + written, *filled - written);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return disk_error("the spool file cannot be written", directory);
      written += static_cast<std::size_t>(n);
    }
    total += *filled;
  }
  // Opened again through the process's own table: the file has no name.
  auto source = io::SourceFile::open(fmt::format("/proc/self/fd/{}", file.fd), FileIo::pread);
  if (!source) return unexpected(source.error());
  Spooled piece;
  piece.last = last;
  piece.bytes = file_bytes(std::move(*source));
  return piece;
}

}  // namespace

Result<Spooled> spool(const StreamReader& read, std::uint64_t size, const std::string& directory) {
  return directory.empty() ? spool_to_memory(read, size) : spool_to_disk(read, size, directory);
}

}  // namespace sluice::engine
