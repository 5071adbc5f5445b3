// Opening sources and telling whether they changed; reading parts is file_source_part.cpp.
#include "io/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "io/file_error.h"

namespace sluice::io {
namespace {

Fingerprint fingerprint_of(const struct stat& s) {
  return {.size = static_cast<std::uint64_t>(s.st_size),
          .mtime_ns = static_cast<std::int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec,
          .inode = s.st_ino,
          .device = s.st_dev};
}

}  // namespace

std::string Fingerprint::text() const {
  return "size=" + std::to_string(size) + " mtime=" + std::to_string(mtime_ns) +
         " inode=" + std::to_string(inode);
}

bool is_remote_file_system(int fd) {
  // The magic numbers of statfs(2).
  constexpr std::array<std::uint32_t, 15> remote = {
      0x6969,      // NFS
      0x517b,      // SMB
      0xfe534d42,  // SMB2
      0xff534d42,  // CIFS
      0x65735546,  // FUSE, virtiofs
      0x01021997,  // 9p
      0x00c36400,  // Ceph
      0x5346414f,  // AFS
      0x6b414653,  // kAFS
      0x73757245,  // Coda
      0x0bd00bd0,  // Lustre
      0x47504653,  // GPFS
      0x19830326,  // BeeGFS
      0x786f4256,  // VirtualBox shared folders
      0xbacbacbc,  // VMware shared folders
  };
  struct statfs s {};
  if (fstatfs(fd, &s) != 0) return true;
  return std::ranges::find(remote, static_cast<std::uint32_t>(s.f_type)) != remote.end();
}

Result<std::shared_ptr<SourceFile>> SourceFile::open(std::string path, FileIo io) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang before it can be refused.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return disk_error("open", path, errno);
  struct stat s {};
  int error = fstat(fd, &s) == 0 ? 0 : errno;
  if (error == 0 && S_ISDIR(s.st_mode)) error = EISDIR;
  if (error != 0) {
    close(fd);
    return disk_error("open", path, error);
  }
  if (!S_ISREG(s.st_mode)) {
    close(fd);
    return fail(ErrorKind::disk, "cannot upload " + path + ": not a regular file",
                "send it through standard input, with - as the source");
  }
  if (io == FileIo::automatic) io = is_remote_file_system(fd) ? FileIo::pread : FileIo::map;
  return std::shared_ptr<SourceFile>(new SourceFile(std::move(path), fd, fingerprint_of(s), io));
}

SourceFile::SourceFile(std::string path, int fd, Fingerprint fingerprint, FileIo io)
    : path_(std::move(path)), fd_(fd), fingerprint_(fingerprint), io_(io) {}

SourceFile::~SourceFile() {
  close(fd_);
}

Result<void> SourceFile::read_whole(std::span<char> into) const {
  for (std::size_t have = 0; have < into.size();) {
    const ssize_t count = pread(fd_, into.data() + have, into.size() - have, static_cast<off_t>(have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("read", path_, errno);
    if (count == 0) return changed();
    have += static_cast<std::size_t>(count);
  }
  if (!same_open_file()) return changed();
  return {};
}

Unexpected SourceFile::changed() const {
  return source_changed("source changed during the transfer: " + path_,
                        "run the command again when nobody writes to the file");
}

bool SourceFile::same_open_file() const {
  struct stat s {};
  return fstat(fd_, &s) == 0 && fingerprint_of(s) == fingerprint_;
}

Result<void> SourceFile::still_same() const {
  if (!same_open_file()) return changed();
  struct stat s {};
  if (stat(path_.c_str(), &s) != 0 || fingerprint_of(s) != fingerprint_) return changed();
  return {};
}

}  // namespace sluice::io
