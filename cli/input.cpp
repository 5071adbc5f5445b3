#include "cli/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/file_error.h"

namespace sluice::cli {

Result<std::size_t> read_some(int fd, const std::string& name, const Interrupt& interrupt,
                              std::span<char> into) {
  for (;;) {
    pollfd wait[2] = {{fd, POLLIN, 0}, {interrupt.fd(), POLLIN, 0}};
    if (::poll(wait, 2, -1) < 0 && errno != EINTR) break;
    if (wait[1].revents != 0) return fail(ErrorKind::cancelled, "interrupted");
    if (wait[0].revents == 0) continue;
    const ssize_t count = ::read(fd, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN) break;
  }
  return io::disk_error("read", name, errno);
}

Result<Input> Input::open(const Location& at, const Interrupt& interrupt) {
  if (at.kind == Location::Kind::standard) return Input(STDIN_FILENO, "standard input", interrupt);
  const int fd = ::open(at.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io::disk_error("read", at.path, errno);
  return Input(fd, at.path, interrupt);
}

Input::Input(Input&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)), interrupt_(other.interrupt_) {}

Input::~Input() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

Result<std::string> Input::next(std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const Result<std::size_t> count =
        read_some(fd_, name_, *interrupt_, {bytes.data() + filled, size - filled});
    if (!count) return unexpected(count.error());
    if (*count == 0) break;
    filled += *count;
  }
  bytes.resize(filled);
  return bytes;
}

std::optional<std::uint64_t> Input::size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) return {};
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace sluice::cli
