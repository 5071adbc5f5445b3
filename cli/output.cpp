// Writes to stdout and stderr: output.h.
#include "cli/output.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
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

Output::Places::Places()
    : words_terminal(::isatty(STDERR_FILENO) == 1), data_terminal(::isatty(STDOUT_FILENO) == 1) {}

Output::Output(Style style) : style_(style), places_(std::make_shared<Places>()) {}

Output::Output(const Output& whole, std::uint64_t line, bool json)
    : style_{.json = json, .quiet = whole.style_.quiet}, line_(line), places_(whole.places_) {}

Result<void> Output::data(std::string_view bytes) {
  std::lock_guard lock(places_->data_mutex);
  const int cause = write_whole(STDOUT_FILENO, bytes);
  if (cause == 0) return {};
  if (cause == EPIPE) ::_exit(kPipeClosed);
  Error error = make_error(ErrorKind::disk, cause == EBADF ? "it is closed" : std::strerror(cause),
                           cause == EBADF ? "give the command a place to write to: > FILE" : "");
  error.operation = "write to standard output";
  error.system_error = cause;
  return unexpected(std::move(error));
}

std::string Output::row(JsonLine event) const {
  return (line_ == 0 ? event : event.number("line", line_)).str();
}

void Output::event(const JsonLine& event) {
  if (!style_.json) return;
  const std::string text = row(event);
  if (!style_.stdout_is_taken) {
    const Result<void> written = data(text);
    std::lock_guard lock(places_->data_mutex);
    if (!written && !places_->lost) places_->lost = written.error();
    return;
  }
  std::lock_guard lock(places_->words_mutex);
  write_words(text);
}

std::optional<Error> Output::lost() const {
  std::lock_guard lock(places_->data_mutex);
  return places_->lost;
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
  std::lock_guard lock(places_->words_mutex);
  std::string out = places_->live.empty() ? "" : "\r\033[K";
  out += before;
  if (line_ != 0) out += fmt::format("line {}: ", line_);
  out += printable(text);
  out += '\n';
  out += places_->live;
  write_words(out);
}

void Output::live_line(std::string line) {
  std::lock_guard lock(places_->words_mutex);
  if (places_->live.empty() && line.empty()) return;
  places_->live = std::move(line);
  write_words("\r\033[K" + places_->live);
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
