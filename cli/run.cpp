// sluice run FILE: one command a line, several at a time, in this one process: its connections, its memory
// and what it has learned of a store are common to all lines.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/parse.h"
#include "cli/session.h"
#include "cli/units.h"
#include "cli/words.h"
#include "io/file_error.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kLinesAtOnce = 64, kMostAtOnce = 1024;
constexpr std::size_t kLongestLine = 1 << 20;

/// Gives out the lines that are commands, with their numbers. Any thread.
class Lines {
 public:
  /// `wake`: readable when there shall be no more.
  Lines(int fd, int wake) : fd_(fd), wake_(wake) {}

  bool next(std::string& line, std::uint64_t& number) {
    std::lock_guard lock(mutex_);
    while (any(line)) {
      ++number_;
      const std::size_t begin = line.find_first_not_of(" \t\r");
      if (begin == std::string::npos || line[begin] == '#') continue;
      number = number_;
      return true;
    }
    return false;
  }
  /// errno of what ended them early, or 0.
  int cause() const { return cause_; }

 private:
  bool any(std::string& line) {
    std::size_t end;
    while ((end = buffer_.find('\n', from_)) == std::string::npos) {
      buffer_.erase(0, std::exchange(from_, 0));
      if (buffer_.size() > kLongestLine) {
        cause_ = EFBIG;
        buffer_ = {};
      }
      if (cause_ != 0) return false;
      if (more()) continue;
      line = std::exchange(buffer_, {});
      return ended_ && !line.empty();  // half a line is none
    }
    line.assign(buffer_, from_, end - from_);
    from_ = end + 1;
    return true;
  }

  bool more() {
    constexpr std::size_t kPiece = 64 << 10;
    for (;;) {
      pollfd wait[2] = {{fd_, POLLIN, 0}, {wake_, POLLIN, 0}};
      if (::poll(wait, 2, -1) < 0 && errno != EINTR) break;
      if (wait[1].revents != 0) return false;
      if (wait[0].revents == 0) continue;
      const std::size_t had = buffer_.size();
      buffer_.resize(had + kPiece);
      const ssize_t count = ::read(fd_, buffer_.data() + had, kPiece);
      buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      ended_ = count == 0;
      if (count >= 0) return count > 0;
      if (errno != EINTR && errno != EAGAIN) break;
    }
    cause_ = errno;
    return false;
  }

  const int fd_, wake_;
  std::mutex mutex_;
  std::string buffer_;
  std::size_t from_ = 0;  ///< of what is not given out yet
  std::uint64_t number_ = 0;
  bool ended_ = false;
  int cause_ = 0;
};

class Run {
 public:
  explicit Run(Context& context) : context_(context) {}

  int all(const std::string& path, int fd, std::size_t at_once) {
    const Interrupt::Guard guard(context_.interrupt, [] {});  // next() is no longer asked
    Lines lines(fd, context_.interrupt.fd());
    const auto work = [&] {
      std::string line;
      std::uint64_t number = 0;
      while (context_.interrupt.signal() == 0 && lines.next(line, number)) {
        ++commands_;
        if (one(line, number) != kDone) ++failed_;
      }
    };
    {
      std::vector<std::jthread> others;
      for (std::size_t i = 1; i < at_once; ++i) others.emplace_back(work);
      work();
    }
    if (lines.cause() != 0)
      return report_failure(context_, io::disk_error("read", path, lines.cause()).error);
    return report();
  }

 private:
  /// Its exit code; everything has been said.
  int one(const std::string& line, std::uint64_t number) {
    Output plain(context_.output, number, context_.output.json());
    Context context{context_.args, context_.env, plain, context_.interrupt, context_.process};
    const Result<std::vector<std::string>> words = split_words(line);
    if (!words) return report_failure(context, words.error());
    Parsed parsed = parse_command(*words);
    if (!parsed.verb) return report_failure(context, refusal(parsed));
    if (Result<void> fine = may_run(*parsed.verb, parsed.args); !fine)
      return report_failure(context, fine.error());
    parsed.args.inherit(context_.args);
    Output output(context_.output, number, parsed.args.has("json"));
    Context own{parsed.args, context_.env, output, context_.interrupt, context_.process};
    return parsed.verb->run(own);
  }

  static Error refusal(const Parsed& parsed) {
    if (parsed.exit_code != kDone) return make_error(ErrorKind::argument, parsed.text);
    return make_error(ErrorKind::argument, "help is no command of a list");
  }

  static Result<void> may_run(const Verb& verb, const Args& args) {
    if (!verb.in_run)
      return fail(ErrorKind::argument, fmt::format("{} does not run from a list of commands", verb.name));
    for (const Operand& operand : verb.operands)
      for (const std::string& word : args.all(operand.name))
        if (word == "-")
          return fail(ErrorKind::argument, "standard input and output are one, and the lines are many",
                      "name a file instead of -");
    return {};
  }

  int report() {
    const int signal = context_.interrupt.signal();
    if (signal != 0)
      return report_failure(context_, make_error(ErrorKind::cancelled, "interrupted"),
                            "transfers go on where they stopped when the same list is run again");
    context_.output.event(JsonLine()
                              .text("event", "summary")
                              .text("action", "ran")
                              .number("objects", commands_)
                              .number("failed", failed_));
    if (!context_.output.json())
      context_.output.say(fmt::format("ran {} commands{}", commands_.load(),
                                      failed_ ? fmt::format(", {} FAILED", failed_.load()) : ""));
    return failed_ == 0 ? kDone : kSomeFailed;
  }

  Context& context_;
  std::atomic<std::uint64_t> commands_{0}, failed_{0};
};

int run(Context& context) {
  const Result<std::uint64_t> at_once =
      parse_count(context.args.get("jobs", fmt::to_string(kLinesAtOnce)), 1, kMostAtOnce);
  if (!at_once) return report_failure(context, at_once.error().with("--jobs", ""));
  const std::string path = context.args.get("FILE");
  const bool standard = path == "-";
  const int fd = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return report_failure(context, io::disk_error("read", path, errno).error);
  const int code = Run(context).all(path, fd, *at_once);
  if (!standard) ::close(fd);
  return code;
}

}  // namespace

Verb run_verb() {
  return {
      .name = "run",
      .aliases = {},
      .summary = "commands from a file, one a line, several at a time",
      .details =
          "A line is what would follow \"sluice\": cp 'a b' oss://bucket/a. Quotes and backslashes are read "
          "as a\n"
          "shell does, and nothing else of a shell. Lines that begin with # are left out. Options of run "
          "are\n"
          "those of every line that does not say otherwise; -j N runs so many lines at a time (64). Lines "
          "run\n"
          "in no order; each failure is named with the number of its line, and the exit code is 1 when "
          "there\n"
          "was any. What a dry run prints is such a list.",
      .examples = {"sluice run -j 16 commands.txt --region cn-hangzhou",
                   "sluice cp -r --dry-run photos/ oss://bucket/ | grep jpg | sluice run -"},
      .operands = {{"FILE", "a list of commands; - is standard input"}},
      .options = {{"--dry-run", "", "change nothing: show what each line would do"}},
      .shares = Shares::stores,
      .run = run,
  };
}

}  // namespace sluice::cli
