// flock with a name on it.
#include "io/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "io/file_error.h"

namespace sluice::io {
namespace {

Unexpected lock_error(const std::string& path, int error) {
  Error e = make_error(ErrorKind::state, "cannot lock " + path + ": " + error_text(error),
                       "choose a state directory on a local, writable disk");
  e.system_error = error;
  return unexpected(std::move(e));
}

int pid_inside(int fd) {
  std::array<char, 16> text{};
  const ssize_t got = pread(fd, text.data(), text.size(), 0);
  int pid = 0;
  if (got > 0) std::from_chars(text.data(), text.data() + got, pid);
  return pid;
}

bool still_named(int fd, const std::string& path) {
  struct stat open_file {
  }, named{};
  return fstat(fd, &open_file) == 0 && lstat(path.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
         open_file.st_dev == named.st_dev;
}

Unexpected busy(int pid) {
  const std::string who = pid == getpid() ? "this process"
                          : pid > 0       ? "another process (pid " + std::to_string(pid) + ")"
                                          : "another process";
  return fail(ErrorKind::state, who + " is working on this transfer",
              pid == getpid() ? "" : "wait for it, or stop it and run the command again to resume");
}

}  // namespace

Result<StateLock> StateLock::acquire(std::string path) {
  // lock_holder() holds the lock for an instant: a few looks before anybody is told of another process.
  constexpr int looks = 5;
  for (int look = 0; look < looks; ++look) {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return lock_error(path, errno);
    StateLock lock(path, fd);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      if (!still_named(fd, path)) {  // its owner has just ended and unlinked it
        look = -1;
        continue;
      }
      const std::string pid = std::to_string(getpid()) + "\n";
      if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) return lock_error(path, errno);
      return lock;
    }
    if (errno != EWOULDBLOCK) return lock_error(path, errno);
    if (look + 1 == looks) return busy(pid_inside(fd));
    const timespec pause{.tv_sec = 0, .tv_nsec = 5'000'000};
    nanosleep(&pause, nullptr);
  }
  return busy(0);
}

StateLock::StateLock(StateLock&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

StateLock::~StateLock() {
  if (fd_ >= 0) close(fd_);
}

void StateLock::unlink() {
  ::unlink(path_.c_str());
}

LockHolder lock_holder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return {};
  LockHolder holder;
  holder.held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (holder.held) holder.pid = pid_inside(fd);
  close(fd);
  return holder;
}

}  // namespace sluice::io
