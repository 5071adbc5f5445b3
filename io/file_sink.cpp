// The life of a part file: opened and locked, preallocated, written, renamed. Its parts are
// file_sink_part.cpp.
#include "io/file_sink.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "io/checksum.h"
#include "io/file_error.h"
#include "io/file_time.h"
#include "io/walk.h"

namespace sluice::io {
namespace {

constexpr std::string_view kSuffix = ".sluice-part";
constexpr std::size_t kLongestName = 255;
// Below this a file is written by so few calls that preallocation only costs.
constexpr std::uint64_t kWorthAllocating = 1u << 20;

std::size_t name_start(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? 0 : slash + 1;
}

std::string directory_of(const std::string& path) {
  const std::size_t start = name_start(path);
  if (start == 0) return ".";
  return start == 1 ? "/" : path.substr(0, start - 1);
}

/// NAME.sluice-part; a name too long for that is cut, with its checksum to keep it apart from others.
std::string part_path_of(const std::string& final_path) {
  const std::size_t start = name_start(final_path);
  const std::string name = final_path.substr(start);
  if (name.size() + kSuffix.size() <= kLongestName) return final_path + std::string(kSuffix);
  const std::string mark = "." + std::to_string(crc64_ecma(0, name));
  std::size_t keep = kLongestName - kSuffix.size() - mark.size();
  while (keep > 0 && (static_cast<unsigned char>(name[keep]) & 0xc0) == 0x80) --keep;  // whole characters
  return final_path.substr(0, start + keep) + mark + std::string(kSuffix);
}

/// Inode and time of birth: an inode number alone comes back soon after its file is gone.
std::string identity_of(int fd) {
  struct statx s {};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &s) != 0) return {};
  std::string text = "inode=" + std::to_string(s.stx_ino);
  if (s.stx_mask & STATX_BTIME)
    text += " born=" + std::to_string(s.stx_btime.tv_sec * 1'000'000'000 + s.stx_btime.tv_nsec);
  return text;
}

bool same_inode(int fd, const std::string& path) {
  struct stat open_file = {}, named = {};
  return fstat(fd, &open_file) == 0 && lstat(path.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
         open_file.st_dev == named.st_dev;
}

}  // namespace

bool is_part_name(std::string_view path) {
  return path.ends_with(kSuffix);
}

Result<void> check_free(const std::string& path) {
  struct stat s {};
  if (lstat(path.c_str(), &s) == 0) return disk_error("write", path, EEXIST);
  return {};
}

Result<std::shared_ptr<PartFile>> PartFile::create(std::string final_path, PartFileOptions options) {
  auto file = std::shared_ptr<PartFile>(new PartFile(std::move(final_path), std::move(options)));
  if (auto usable = file->check_final(); !usable) return unexpected(usable.error());
  Result<void> opened = file->open_locked();
  if (!opened && opened.error().system_error == ENOENT && file->options_.create_parents) {
    if (auto made = mkdir_parents(file->final_path_); !made) return unexpected(made.error());
    opened = file->open_locked();
  }
  if (!opened) return unexpected(opened.error());
  if (auto allocated = file->allocate(); !allocated) {
    if (!file->found_) file->discard();
    return unexpected(allocated.error());
  }
  return file;
}

PartFile::PartFile(std::string final_path, PartFileOptions options)
    : final_path_(std::move(final_path)),
      part_path_(part_path_of(final_path_)),
      options_(std::move(options)) {}

PartFile::~PartFile() {
  if (fd_ >= 0) close(fd_);
}

Result<void> PartFile::check_final() const {
  struct stat s {};
  if (name_start(final_path_) == final_path_.size()) return disk_error("write", final_path_, EISDIR);
  if (!options_.replace)
    if (auto free = check_free(final_path_); !free) return free;
  // Another download may own that name, and would remove what stands there.
  if (is_part_name(final_path_))
    return fail(ErrorKind::argument,
                "cannot write " + final_path_ + ": names ending in .sluice-part are unfinished downloads",
                "choose another name");
  if (stat(final_path_.c_str(), &s) != 0) return {};
  if (S_ISDIR(s.st_mode)) return disk_error("write", final_path_, EISDIR);
  // The rename would put a plain file in the place of a device.
  if (!S_ISREG(s.st_mode))
    return fail(ErrorKind::disk, "cannot write " + final_path_ + ": not a regular file",
                "use - as the destination and redirect standard output");
  return {};
}

Result<void> PartFile::open_locked() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    auto opened = try_open_locked();
    if (!opened) return unexpected(opened.error());
    if (*opened) return {};
  }
  return fail(ErrorKind::state, part_path_ + " is replaced by other processes again and again");
}

Result<bool> PartFile::try_open_locked() {
  constexpr int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  bool existed = false;
  int fd = open(part_path_.c_str(), flags | O_CREAT | O_EXCL, 0666);
  if (fd < 0 && errno == EEXIST) {
    existed = true;
    fd = open(part_path_.c_str(), flags);
    if (fd < 0 && errno == ENOENT) return false;
  }
  if (fd < 0 && errno == ELOOP)
    return fail(ErrorKind::disk, "cannot write " + part_path_ + ": it is a symbolic link", "remove it");
  if (fd < 0) return disk_error("create", part_path_, errno);
  if (fd_ >= 0) close(fd_);
  fd_ = fd;

  struct stat s {};
  if (fstat(fd, &s) != 0) return disk_error("open", part_path_, errno);
  if (!S_ISREG(s.st_mode))
    return fail(ErrorKind::disk, "cannot write " + part_path_ + ": not a regular file", "remove it");
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail(ErrorKind::state, "another download is writing " + part_path_, "wait until it has ended");
  // Between open and lock the file may have become the final one, or have been discarded.
  if (!same_inode(fd, part_path_)) return false;
  identity_ = identity_of(fd);
  const bool wanted = options_.resume && (options_.identity.empty() || options_.identity == identity_);
  if (existed && !wanted) {
    // A new file, not an emptied one: records of the old one must not fit it.
    if (unlink(part_path_.c_str()) != 0) return disk_error("replace", part_path_, errno);
    return false;
  }
  found_ = existed;
  struct stat replaced {};
  if (stat(final_path_.c_str(), &replaced) == 0)  // what was private stays private
    if (fchmod(fd, replaced.st_mode & 0777) != 0) return disk_error("set the mode of", part_path_, errno);
  return true;
}

Result<void> PartFile::allocate() {
  if (!options_.size) return {};
  const auto size = static_cast<off_t>(*options_.size);
  struct stat s {};
  if (fstat(fd_, &s) != 0) return disk_error("open", part_path_, errno);
  if (s.st_size > size && ftruncate(fd_, size) != 0) return disk_error("cut", part_path_, errno);
  if (*options_.size < kWorthAllocating) return {};
  int error = 0;
  do {
    error = fallocate(fd_, 0, 0, size) == 0 ? 0 : errno;
  } while (error == EINTR);
  if (error == EOPNOTSUPP || error == ENOSYS || error == EINVAL) return {};
  if (error != 0)
    return disk_error("reserve " + std::to_string(*options_.size) + " bytes for", part_path_, error);
  return {};
}

Result<void> PartFile::write_at(std::uint64_t offset, std::string_view bytes) {
  // The kernel lets one write at a time into a file, and those who wait for it spin: a disk's file cost a
  // quarter more. Waiting here they sleep.
  const std::lock_guard lock(writing_);
  while (!bytes.empty()) {
    const ssize_t written = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return disk_error("write", part_path_, written < 0 ? errno : ENOSPC);
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::uint64_t> PartFile::crc64_of(std::uint64_t offset, std::uint64_t length) const {
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(length, 1u << 20)));
  std::uint64_t crc = 0;
  while (length > 0) {
    const std::size_t want = std::min<std::uint64_t>(length, buffer.size());
    const ssize_t got = pread(fd_, buffer.data(), want, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_error("read", part_path_, errno);
    if (got == 0) return fail(ErrorKind::integrity, part_path_ + " is shorter than its record says");
    crc = crc64_ecma(crc, Bytes(buffer.data(), static_cast<std::size_t>(got)));
    offset += static_cast<std::uint64_t>(got);
    length -= static_cast<std::uint64_t>(got);
  }
  return crc;
}

Result<void> PartFile::sync() {
  if (fdatasync(fd_) != 0) return disk_error("flush", part_path_, errno);
  return {};
}

Result<void> PartFile::finish() {
  struct stat s {};
  if (fstat(fd_, &s) != 0) return disk_error("finish", part_path_, errno);
  if (options_.size && static_cast<std::uint64_t>(s.st_size) != *options_.size)
    return fail(ErrorKind::internal, part_path_ + " has " + std::to_string(s.st_size) + " bytes, not " +
                                         std::to_string(*options_.size));
  if (options_.modified)
    if (auto set = set_modified(fd_, part_path_, *options_.modified); !set) return set;
  if (options_.durability == Durability::power && fsync(fd_) != 0)
    return disk_error("flush", part_path_, errno);
  // Network file systems tell of failed writes when a descriptor is closed. This one has to stay open:
  // it holds the lock until the rename is done.
  const int copy = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  if (copy >= 0 && close(copy) != 0 && errno != EINTR) return disk_error("write", part_path_, errno);
  if (!same_inode(fd_, part_path_))
    return fail(ErrorKind::disk, part_path_ + " was removed or replaced during the download");
  if (auto usable = check_final(); !usable) return usable;
  if (auto named = give_name(); !named) return named;
  renamed_ = true;
  return options_.durability == Durability::power ? sync_directory() : Result<void>{};
}

Result<void> PartFile::give_name() {
  const char *from = part_path_.c_str(), *to = final_path_.c_str();
  if (options_.replace) {
    if (rename(from, to) != 0) return disk_error("rename " + part_path_ + " to", final_path_, errno);
    return {};
  }
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return {};
  // Not every file system knows that flag; a link replaces nothing either.
  if ((errno != EINVAL && errno != ENOSYS) || link(from, to) != 0)
    return disk_error("write", final_path_, errno);
  unlink(from);
  return {};
}

Result<void> PartFile::sync_directory() const {
  const std::string directory = directory_of(final_path_);
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return disk_error("flush", directory, errno);
  const int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  if (error != 0 && error != EINVAL) return disk_error("flush", directory, error);
  return {};
}

void PartFile::discard() {
  if (!renamed_ && fd_ >= 0 && same_inode(fd_, part_path_)) unlink(part_path_.c_str());
}

}  // namespace sluice::io
