// sluice mv SRC DST: as cp, and each source is deleted once its copy is complete and checked, and not before.
//
// A file that comes down is on disk, not only in the page cache, before its object goes; a file that goes
// up is deleted only when it still is what was read.
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/at_once.h"
#include "cli/copy_command.h"
#include "cli/exit_code.h"
#include "cli/pages.h"
#include "cli/planned.h"
#include "cli/units.h"
#include "io/walk.h"

namespace sluice::cli {
namespace {

/// Is `to` one of the objects that `from` stands for? Endpoints are not compared: a store has many.
bool lands_in(const Location& from, bool tree, const Location& to) {
  if (!from.is_object() || !to.is_object()) return false;
  if (!same_dialect(from.scheme, to.scheme) || from.bucket != to.bucket) return false;
  return tree ? to.key.starts_with(from.key) : to.key == from.key;
}

/// What is deleted could be what was written.
Result<void> refuse_onto_itself(const CopyCommand& command) {
  const Location& from = command.from;
  if (!lands_in(from, command.tree, command.to)) return {};
  return fail(ErrorKind::argument, fmt::format("\"{}\" would be moved into itself", printable(from.text())),
              "where these are two stores with buckets of one name: cp, check, then rm");
}

struct FileState {
  bool known = false;
  struct stat info {};

  static FileState of(const Location& at) {
    FileState state;
    state.known = at.kind == Location::Kind::file && ::stat(at.path.c_str(), &state.info) == 0;
    return state;
  }
  bool same(const FileState& other) const {
    return known && other.known && info.st_ino == other.info.st_ino && info.st_size == other.info.st_size &&
           info.st_mtim.tv_sec == other.info.st_mtim.tv_sec &&
           info.st_mtim.tv_nsec == other.info.st_mtim.tv_nsec;
  }
};

Unexpected file_error(const std::string& path, const std::string& what, int cause) {
  Error error = make_error(cause ? ErrorKind::disk : ErrorKind::integrity, what);
  error.operation = "delete after the copy";
  error.target = path;
  error.system_error = cause;
  return unexpected(std::move(error));
}

Result<void> remove_source(Session& session, const Location& from, const FileState& copied) {
  if (from.is_object()) return session.stores.front().remove(from.bucket, from.key);
  if (!copied.same(FileState::of(from)))
    return file_error(from.path, "it changed while it was copied, and stays", 0);
  if (::unlink(from.path.c_str()) != 0) return file_error(from.path, std::strerror(errno), errno);
  return {};
}

JsonLine moved_event(const CopyCommand& copy, std::uint64_t bytes) {
  return JsonLine()
      .text("event", "moved")
      .text("source", copy.from.text())
      .text("target", copy.to.text())
      .number("bytes", bytes);
}

class TreeMove {
 public:
  TreeMove(Context& context, Session& session) : context_(context), session_(session) {}

  int run(const CopyCommand& tree) {
    tree_ = tree.from;
    const Interrupt::Guard guard(context_.interrupt, [this] { stopped_ = true; });
    OnPairs on;
    on.page = [this](std::vector<CopyPair>& pairs) -> Result<void> {
      at_once(pairs.size(), session_.objects_at_once, [&](std::size_t i) { move(pairs[i]); });
      if (stopped_ || context_.interrupt.signal() != 0) return fail(ErrorKind::cancelled, "interrupted");
      return {};
    };
    on.failed = [this](const Error& error) { failed(error); };
    on.skipped = [this](const std::string& note) { context_.output.say(note); };
    const Result<void> ended = each_pair(session_, tree, on);
    if (!ended)
      return report_failure(context_, ended.error(), "run the same command again: what is moved is moved");
    if (moved_ + left_alone_ + failed_ == 0 && tree.from.is_object() && tree.filter.empty())
      return report_failure(context_, nothing_there("move", tree.from));
    report();
    return failed_ == 0 ? kDone : kSomeFailed;
  }

 private:
  void move(const CopyPair& pair) {
    if (stopped_) return;
    const Location &from = pair.copy.from, &to = pair.copy.to;
    // Moving a/b/ to a/ would put a/b/b/x where a/b/x is still to be moved.
    if (lands_in(tree_, true, to))
      return failed(make_error(ErrorKind::argument, "its target is below the source of the move",
                               "move it to another place first")
                        .with("move", from.text()));
    if (to.kind == Location::Kind::file)
      if (Result<void> made = io::mkdir_parents(to.path); !made) return failed(made.error());
    const FileState before = FileState::of(from);
    Transfer transfer = start_copy(context_, session_, pair.copy, session_.transfer);
    const Interrupt::Guard guard(context_.interrupt, [&transfer] { transfer.cancel(); });
    if (stopped_) transfer.cancel();
    const Result<TransferReport> copied = transfer.wait();
    if (!copied && session_.transfer.forbid_overwrite && is_already_exists(copied.error())) {
      ++left_alone_;
      return;
    }
    if (!copied) return failed(copied.error().with({}, from.text()));
    if (Result<void> gone = remove_source(session_, from, before); !gone) return failed(gone.error());
    ++moved_;
    bytes_ += copied->bytes;
    context_.output.event(moved_event(pair.copy, copied->bytes));
  }

  void failed(const Error& error) {
    if (stopped_ && error.kind == ErrorKind::cancelled) return;
    std::lock_guard lock(mutex_);
    if (++failed_ <= kShown) report_failure(context_, error);
  }

  void report() {
    context_.output.event(JsonLine()
                              .text("event", "summary")
                              .text("action", "moved")
                              .number("objects", moved_)
                              .number("left_alone", left_alone_)
                              .number("failed", failed_)
                              .number("bytes", bytes_));
    if (!context_.output.json())
      context_.output.say(
          fmt::format("moved {} in {} objects{}{}", format_bytes(static_cast<double>(bytes_)), moved_.load(),
                      left_alone_ ? fmt::format("; {} were there already, and stay", left_alone_.load()) : "",
                      failed_ ? fmt::format("; {} FAILED", failed_) : ""));
  }

  static constexpr std::uint64_t kShown = 1000;
  Context& context_;
  Session& session_;
  Location tree_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> moved_{0}, left_alone_{0}, bytes_{0};
  std::mutex mutex_;
  std::uint64_t failed_ = 0;
};

int move_one(Context& context, Session& session, const CopyCommand& command) {
  const FileState before = FileState::of(command.from);
  if (const int code = run_copy(context, session, command); code != kDone) return code;
  if (Result<void> gone = remove_source(session, command.from, before); !gone)
    return report_failure(context, gone.error());
  context.output.event(JsonLine().text("event", "deleted").text("url", command.from.text()));
  return kDone;
}

int run(Context& context) {
  const Result<CopyCommand> command = read_copy_command(context.args);
  if (!command) return report_failure(context, command.error());
  if (command->streams()) {
    const bool web = command->from.kind == Location::Kind::web;
    const std::string what = web ? "what a web server has" : "-";
    return report_failure(context, make_error(ErrorKind::argument, what + " cannot be moved", "use cp"));
  }
  if (Result<void> apart = refuse_onto_itself(*command); !apart)
    return report_failure(context, apart.error());
  Result<Session> session = open_copy_session(context, *command);
  if (!session) return report_failure(context, session.error());
  if (is_dry_run(context)) return show_copy(context, *session, "mv", *command);
  if (command->to.kind == Location::Kind::file) session->transfer.durability = Durability::power;
  return command->tree ? TreeMove(context, *session).run(*command) : move_one(context, *session, *command);
}

}  // namespace

Verb mv_verb() {
  return {
      .name = "mv",
      .aliases = {"move"},
      .summary = "move: as cp, and delete each source whose copy is complete",
      .details =
          "As cp; each source is deleted when its own copy is complete and checked, so that a run that "
          "fails\n"
          "or is killed loses nothing. Emptied directories stay.",
      .examples = {"sluice mv oss://bucket/draft oss://bucket/final", "sluice mv -r logs/ s3://bucket/logs/"},
      .operands = {{"SRC", "a path or a URL"}, {"DST", "a path or a URL"}},
      .options = copy_options(),
      .shares = Shares::stores,
      .puts_objects = true,
      .filters = true,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
