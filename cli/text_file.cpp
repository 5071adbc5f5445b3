#include "cli/text_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kLargest = 1 << 20;
constexpr int kMostLinks = 40;  // as the kernel

Unexpected cannot_read(const std::string& path, int cause) {
  Error error = make_error(ErrorKind::config, fmt::format("{}: {}", path, std::strerror(cause)),
                           cause == EFBIG ? "no configuration has more than 1 MiB" : "");
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

Result<std::string> where_links_lead(const std::string& path) {
  std::filesystem::path at = path;
  std::error_code failed;
  for (int links = 0; std::filesystem::is_symlink(at, failed); ++links) {
    if (links == kMostLinks) return cannot_write(path, ELOOP);
    at = at.parent_path() / std::filesystem::read_symlink(at, failed);
    if (failed) return cannot_write(path, failed.value());
  }
  return at.string();
}

Result<void> make_directory_of(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, failed);
  if (failed) return cannot_write(directory.string(), failed.value());
  return {};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// The lock is on the file itself, so that nothing is left beside it. Whoever held it may have put another
/// file in its place: then that one's is taken.
Result<Descriptor> locked_file(const std::string& path) {
  while (true) {
    // No reader at a pipe's other end is waited for.
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0600));
    struct stat ours {
    }, named{};
    if (file.get() < 0 || ::fstat(file.get(), &ours) != 0) return cannot_write(path, errno);
    if (!S_ISREG(ours.st_mode)) return cannot_write(path, EEXIST);
    while (::flock(file.get(), LOCK_EX) != 0) {
      if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK) break;  // this file system has no locks
      if (errno != EINTR) return cannot_write(path, errno);
    }
    const bool still_named =
        ::lstat(path.c_str(), &named) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev;
    if (still_named) return file;
  }
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

std::string exposed_file_warning(const std::string& path) {
  return fmt::format("{} can be read by others: run chmod 600 on it", printable(path));
}

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

namespace {

Result<void> replace_text(const std::string& path, const std::string& text) {
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

}  // namespace

Result<void> change_text_file(const std::string& path,
                              const std::function<Result<std::string>(const std::string& text)>& change) {
  const Result<std::string> at = where_links_lead(path);
  if (!at) return unexpected(at.error());
  if (Result<void> made = make_directory_of(*at); !made) return made;
  const Result<Descriptor> locked = locked_file(*at);
  if (!locked) return unexpected(locked.error());
  const Result<std::optional<TextFile>> old = read_text_file(*at);
  if (!old) return unexpected(old.error());
  const Result<std::string> text = change(*old ? (*old)->text : std::string());
  if (!text) return unexpected(text.error());
  return replace_text(*at, *text);
}

}  // namespace sluice::cli
