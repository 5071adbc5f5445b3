#include "io/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "io/file_error.h"
#include "io/file_sink.h"
#include "io/file_time.h"
#include "io/walk.h"

namespace sluice::io {
namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

/// By the descriptor itself needs a capability; by its name in /proc needs /proc.
bool give_name(int fd, const std::string& path) {
  if (::linkat(fd, "", AT_FDCWD, path.c_str(), AT_EMPTY_PATH) == 0) return true;
  if (errno != ENOENT) return false;
  const std::string open_file = "/proc/self/fd/" + std::to_string(fd);
  return ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

/// False: this way is not open here (something stands there, or the file system has no such files).
Result<bool> write_nameless(const std::string& path, std::string_view bytes,
                            const WholeFileOptions& options) {
  const std::string directory = directory_of(path);
  constexpr int flags = O_TMPFILE | O_WRONLY | O_CLOEXEC;
  Descriptor file;
  file.fd = ::open(directory.c_str(), flags, 0666);
  if (file.fd < 0 && errno == ENOENT && options.create_parents) {
    if (auto made = mkdir_parents(path); !made) return unexpected(made.error());
    file.fd = ::open(directory.c_str(), flags, 0666);
  }
  if (file.fd < 0) return false;
  if (auto written = write_all(file.fd, bytes, path); !written) return unexpected(written.error());
  if (options.modified)
    if (auto set = set_modified(file.fd, path, *options.modified); !set) return unexpected(set.error());
  return give_name(file.fd, path);
}

Result<void> write_as_part_file(const std::string& path, std::string_view bytes,
                                const WholeFileOptions& options) {
  PartFileOptions part;
  part.size = bytes.size();
  part.create_parents = options.create_parents;
  part.durability = options.durability;
  part.replace = options.replace;
  part.modified = options.modified;
  auto file = PartFile::create(path, part);
  if (!file) return unexpected(file.error());
  Result<void> done = (*file)->write_at(0, bytes);
  if (done) done = (*file)->finish();
  if (!done) (*file)->discard();
  return done;
}

}  // namespace

Result<void> write_whole_file(const std::string& path, std::string_view bytes,
                              const WholeFileOptions& options) {
  // Durability `power` also flushes the directory, and a name may be refused: PartFile knows how.
  if (options.durability == Durability::kill && !is_part_name(path)) {
    auto written = write_nameless(path, bytes, options);
    if (!written) return unexpected(written.error());
    if (*written) return {};
  }
  return write_as_part_file(path, bytes, options);
}

}  // namespace sluice::io
