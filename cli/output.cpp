// Writes to stdout and stderr: output.h.
#include "cli/output.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/exit_code.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

/// errno of the failure, or 0.
int write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return errno;
    pollfd wait{fd, POLLOUT, 0};  // somebody else made the pipe non-blocking
    ::poll(&wait, 1, -1);
  }
  return 0;
}

}  // namespace

Output::Output(Style style)
    : style_(style), terminal_(::isatty(STDERR_FILENO) == 1), data_terminal_(::isatty(STDOUT_FILENO) == 1) {}

Result<void> Output::data(std::string_view bytes) {
  const int cause = write_whole(STDOUT_FILENO, bytes);
  if (cause == 0) return {};
  if (cause == EPIPE) ::_exit(kPipeClosed);
  Error error = make_error(ErrorKind::disk, std::strerror(cause));
  error.operation = "write to standard output";
  error.system_error = cause;
  return unexpected(std::move(error));
}

void Output::event(const JsonLine& line) {
  if (!style_.json) return;
  std::lock_guard lock(mutex_);
  if (style_.stdout_is_taken)
    write_words(line.str());
  else
    (void)data(line.str());
}

void Output::say(std::string_view text) {
  if (!style_.quiet) line("sluice: ", text);
}
void Output::warn(std::string_view text) {
  line("sluice: warning: ", text);
}
void Output::fail(std::string_view text) {
  line("sluice: ", text);
}

void Output::line(std::string_view before, std::string_view text) {
  std::lock_guard lock(mutex_);
  std::string out = live_.empty() ? "" : "\r\033[K";
  out += before;
  out += printable(text);
  out += '\n';
  out += live_;
  write_words(out);
}

void Output::live_line(std::string line) {
  std::lock_guard lock(mutex_);
  if (live_.empty() && line.empty()) return;
  live_ = std::move(line);
  write_words("\r\033[K" + live_);
}

unsigned Output::columns() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void Output::write_words(std::string_view bytes) {
  (void)write_whole(STDERR_FILENO, bytes);
}

}  // namespace sluice::cli
