#include "cli/credential_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/ini.h"
#include "cli/key_answer.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMostOutput = 64 << 10;
constexpr std::size_t kShownErrors = 500;

Unexpected refused(std::string what) {
  Error error = make_error(ErrorKind::config, std::move(what));
  error.operation = "credential_process";
  return unexpected(std::move(error));
}

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) ends_[0] = ends_[1] = -1;
  }
  ~Pipe() {
    close_writer();
    if (ends_[0] >= 0) ::close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  bool good() const { return ends_[0] >= 0; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2];
};

/// 0, or an errno.
int spawn(const std::vector<std::string>& words, const Pipe& out, const Pipe& err, pid_t* child) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writer(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.writer(), 2);
  posix_spawnattr_init(&attributes);
  // Signals that this process waits for in its own way are the child's as usual.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int cause = ::posix_spawnp(child, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return cause;
}

/// Reads both to their ends. False: not by then, or too much.
bool read_both(const Pipe& out, const Pipe& err, Clock::time_point until, std::string& said,
               std::string& errors) {
  pollfd ends[2] = {{out.reader(), POLLIN, 0}, {err.reader(), POLLIN, 0}};
  std::string* const texts[2] = {&said, &errors};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    if (::poll(ends, 2, static_cast<int>(left)) < 0 && errno != EINTR) return false;
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      char block[4096];
      const ssize_t count = ::read(ends[i].fd, block, sizeof block);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0)
        ends[i].fd = -1;
      else
        texts[i]->append(block, static_cast<std::size_t>(count));
    }
    if (said.size() > kMostOutput) return false;
    // Of much talk the end tells most.
    if (errors.size() > kMostOutput) errors.erase(0, errors.size() - kShownErrors);
  }
  return true;
}

/// Whether it ended by then; `status` is set.
bool ended_by(Clock::time_point until, pid_t child, int& status) {
  constexpr int kLook = 5;  // ms; what has closed its outputs mostly ends at once
  for (;;) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= until) return false;
    ::poll(nullptr, 0, kLook);
  }
}

void end(pid_t child, int& status) {
  ::kill(child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

std::string told(std::string errors) {
  if (errors.size() > kShownErrors) errors = errors.substr(errors.size() - kShownErrors);
  for (char& c : errors)
    if (c == '\n' || c == '\t') c = ' ';
  const std::string text = printable(trimmed(errors));
  return text.empty() ? "" : ": " + text;
}

}  // namespace

Result<std::vector<std::string>> split_command(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < command.size()) {
      word += command[++i];
      in_word = true;
    } else if (quote != 0) {
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return refused("a quote in the command is not closed");
  if (in_word) words.push_back(word);
  if (words.empty()) return refused("the command is empty");
  return words;
}

Result<Credentials> run_credential_process(const std::string& command, std::chrono::milliseconds limit) {
  const Result<std::vector<std::string>> words = split_command(command);
  if (!words) return unexpected(words.error());
  const std::string name = printable(words->front());
  Pipe out, err;
  if (!out.good() || !err.good()) return refused(std::strerror(errno));
  pid_t child = -1;
  if (const int cause = spawn(*words, out, err, &child); cause != 0)
    return refused(fmt::format("{} cannot be run: {}", name, std::strerror(cause)));
  out.close_writer();
  err.close_writer();

  std::string said, errors;
  const auto until = Clock::now() + limit;
  int status = 0;
  const bool whole = read_both(out, err, until, said, errors) && ended_by(until, child, status);
  if (!whole) end(child, status);
  if (!whole && said.size() > kMostOutput) return refused(fmt::format("{} says too much", name));
  if (!whole)
    return refused(fmt::format("{} has not ended within {} s{}", name,
                               std::chrono::ceil<std::chrono::seconds>(limit).count(), told(errors)));
  if (WIFSIGNALED(status))
    return refused(fmt::format("{} was ended by signal {}{}", name, WTERMSIG(status), told(errors)));
  if (WEXITSTATUS(status) != 0)
    return refused(fmt::format("{} ended with {}{}", name, WEXITSTATUS(status), told(errors)));
  Result<Credentials> keys = read_key_answer(said);
  if (!keys) return refused(fmt::format("of {}: {}{}", name, keys.error().message, told(errors)));
  return keys;
}

}  // namespace sluice::cli
