// sluice append FILE|- URL: bytes behind those that an object has, in as many requests as they take.
//
// The store is asked where the object ends, unless that is said. Requests follow one another, each where the
// one before ended, so that a store refuses what would come between; what was sent before a failure stays,
// and the failure says how much it is.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/input.h"
#include "cli/listing.h"
#include "cli/planned.h"
#include "cli/progress_line.h"
#include "cli/session.h"
#include "cli/units.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kPiece = 8 << 20;
constexpr std::uint64_t kMostBytes = 1ull << 60;

/// Where the object ends before anything is sent.
struct Begin {
  Appended end;
  bool known_there = false;  ///< nothing need be sent to make it
};

Result<std::optional<std::uint64_t>> read_position(const Args& args) {
  std::optional<std::uint64_t> position;
  if (!args.has("position")) return position;
  const Result<std::uint64_t> given = parse_count(args.get("position"), 0, kMostBytes);
  if (!given) return unexpected(given.error().with("--position", ""));
  position = *given;
  return position;
}

Result<Begin> begin_at(Store& store, const Location& at, std::optional<std::uint64_t> position) {
  Begin begin;
  begin.end.next_position = position.value_or(0);
  if (position) return begin;
  Result<ObjectInfo> info = store.head(at.bucket, at.key);
  if (!info) return is_not_found(info.error()) ? Result<Begin>(begin) : unexpected(info.error());
  begin.end = {info->size, std::move(info->etag), info->crc64, std::move(info->reply)};
  begin.known_there = true;
  return begin;
}

class Appending {
 public:
  Appending(Context& context, Object object, Begin begin)
      : context_(context),
        object_(std::move(object)),
        begin_(begin.end.next_position),
        needed_(!begin.known_there),
        last_(std::move(begin.end)) {}

  Result<void> all(Input& input) {
    const Interrupt::Guard guard(context_.interrupt, [] {});  // the request under way ends first
    ProgressDisplay display(context_.output);
    for (;;) {
      if (context_.interrupt.signal() != 0) return fail(ErrorKind::cancelled, "interrupted");
      const Result<std::string> piece = input.next(kPiece);
      if (!piece) return unexpected(piece.error());
      if (!piece->empty() || needed_)
        if (Result<void> sent = send(*piece); !sent) return sent;
      const bool finished = piece->size() < kPiece;
      display.update(progress(input.size(), finished));
      if (finished) return {};
    }
  }

  const Appended& last() const { return last_; }
  std::uint64_t bytes() const { return last_.next_position - begin_; }
  std::uint64_t requests() const { return requests_; }

 private:
  Result<void> send(const std::string& piece) {
    Result<Appended> done = object_.append(last_.next_position, piece, {}, last_.crc64);
    if (!done) return unexpected(done.error());
    last_ = *std::move(done);
    needed_ = false;
    ++requests_;
    return {};
  }

  Progress progress(std::optional<std::uint64_t> total, bool finished) const {
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - began_;
    Progress now;
    now.bytes_done = bytes();
    now.bytes_total = total;
    now.parts_done = requests_;
    now.objects_done = finished ? 1 : 0;
    now.bytes_per_second = static_cast<double>(bytes()) / std::max(time.count(), 1e-3);
    now.finished = finished;
    return now;
  }

  Context& context_;
  const Object object_;
  const std::uint64_t begin_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool needed_;  ///< even of nothing
  Appended last_;
  std::uint64_t requests_ = 0;
};

int report_success(Context& context, const Location& at, const Appending& appending) {
  const Appended& last = appending.last();
  if (context.output.json()) {
    JsonLine event;
    event.text("event", "appended").text("url", at.text()).number("bytes", appending.bytes());
    event.number("next_position", last.next_position).number("requests", appending.requests());
    event.text_if("etag", last.etag).text_if("crc64", last.crc64 ? fmt::to_string(*last.crc64) : "");
    context.output.event(add_reply(event, last.reply));
    return kDone;
  }
  context.output.say(fmt::format("appended {} in {} requests",
                                 format_bytes(static_cast<double>(appending.bytes())), appending.requests()));
  const Result<void> written = context.output.data(fmt::to_string(last.next_position) + "\n");
  return written ? kDone : report_failure(context, written.error());
}

/// The same command would append the beginning again.
int report_end(Context& context, Error error, const Appending& appending) {
  if (appending.bytes() == 0) return report_failure(context, error, "nothing was appended");
  const std::string left = fmt::format("the first {} bytes were appended, and the object ends at {}",
                                       appending.bytes(), appending.last().next_position);
  error.hint += (error.hint.empty() ? "" : "; ") + left;
  return report_failure(context, error, left);
}

int run(Context& context) {
  const Result<Location> from = parse_location(context.args.get("FILE"));
  if (!from) return report_failure(context, from.error());
  if (from->is_object())
    return report_failure(context, make_error(ErrorKind::argument, "FILE is a path or -, and no URL",
                                              "sluice cat URL | sluice append - URL"));
  const Result<Location> to = parse_object(context.args.get("URL"));
  if (!to) return report_failure(context, to.error());
  Result<Input> input = Input::open(*from, context.interrupt);
  if (!input) return report_failure(context, input.error());
  const Result<std::optional<std::uint64_t>> position = read_position(context.args);
  if (!position) return report_failure(context, position.error());
  if (is_dry_run(context)) {
    std::vector<std::string> words = {"append", from->word(), to->word()};
    if (*position) words.insert(words.end(), {"--position", fmt::to_string(**position)});
    const Result<void> shown = context.output.data(planned(context.output, words, input->size()));
    return shown ? kDone : report_failure(context, shown.error());
  }
  Result<Session> session = open_session(context, *to);
  if (!session) return report_failure(context, session.error());
  Result<Begin> begin = begin_at(session->store(), *to, *position);
  if (!begin) return report_failure(context, begin.error());
  Appending appending(context, Object(session->store(), to->bucket, to->key), *std::move(begin));
  const Result<void> done = appending.all(*input);
  return done ? report_success(context, *to, appending) : report_end(context, done.error(), appending);
}

}  // namespace

Verb append_verb() {
  return {
      .name = "append",
      .aliases = {"append-from-file"},
      .summary = "add a file or standard input to the end of an object",
      .details =
          "The object is made when it is not there; one that was written whole (cp, pipe) takes no more. S3\n"
          "has no append. Prints where the object ends now.",
      .examples = {"sluice append today.log oss://bucket/app.log",
                   "journalctl -b | sluice append - tos://bucket/journal --position 0"},
      .operands = {{"FILE", "a path; - is standard input"}, {"URL", "scheme://bucket/key"}},
      .options = {{"--position", "N", "where the object must end, in bytes; else the store is asked"},
                  dry_run_option()},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
