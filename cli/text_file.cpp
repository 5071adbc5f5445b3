#include "cli/text_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::cli {
namespace {

constexpr std::size_t kLargest = 1 << 20;

Unexpected cannot_read(const std::string& path, int cause) {
  Error error = make_error(ErrorKind::config, fmt::format("{}: {}", path, std::strerror(cause)));
  error.operation = "read configuration";
  return unexpected(std::move(error));
}

Unexpected cannot_write(const std::string& path, int cause) {
  Error error = make_error(ErrorKind::disk, std::strerror(cause));
  error.operation = "write";
  error.target = path;
  error.system_error = cause;
  return unexpected(std::move(error));
}

/// errno of the failure, or 0.
int write_whole(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(fd, text.data() + done, text.size() - done);
    if (count > 0) done += static_cast<std::size_t>(count);
    if (count < 0 && errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

Result<std::optional<TextFile>> read_text_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::optional<TextFile>();
  if (fd < 0) return cannot_read(path, errno);
  struct stat info {};
  TextFile file;
  int cause = ::fstat(fd, &info) != 0 ? errno : 0;
  if (cause == 0 && S_ISDIR(info.st_mode)) cause = EISDIR;
  char block[16384];
  while (cause == 0) {
    const ssize_t count = ::read(fd, block, sizeof block);
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) cause = errno;
    if (count > 0) file.text.append(block, static_cast<std::size_t>(count));
    if (file.text.size() > kLargest) cause = EFBIG;
  }
  ::close(fd);
  if (cause != 0) return cannot_read(path, cause);
  file.others_may_read = S_ISREG(info.st_mode) && (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
  return std::optional(std::move(file));
}

Result<void> write_text_file(const std::string& path, const std::string& text) {
  std::error_code failed;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, failed);
  if (failed) return cannot_write(directory.string(), failed.value());
  std::string beside = path + ".XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);  // for the owner alone
  if (fd < 0) return cannot_write(path, errno);
  int cause = write_whole(fd, text);
  if (::fsync(fd) != 0 && cause == 0) cause = errno;
  ::close(fd);
  if (cause == 0 && ::rename(beside.c_str(), path.c_str()) != 0) cause = errno;
  if (cause == 0) return {};
  ::unlink(beside.c_str());
  return cannot_write(path, cause);
}

}  // namespace sluice::cli
