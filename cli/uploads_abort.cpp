// sluice uploads abort URL: ends unfinished uploads, whoever began them, and frees what their parts take.
#include <mutex>

#include <fmt/format.h>

#include "cli/at_once.h"
#include "cli/exit_code.h"
#include "cli/pages.h"
#include "cli/planned.h"
#include "cli/session.h"
#include "cli/units.h"
#include "cli/upload_list.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kAbortsAtOnce = 16;

using Uploads = Result<std::vector<UploadInfo>>;

struct Wish {
  Location at;
  bool all_below = false;
  std::optional<TimePoint> begun_before;
};

Result<Wish> read_wish(const Args& args) {
  Wish wish;
  wish.all_below = args.has("recursive");
  if (args.has("upload_id") && (wish.all_below || args.has("older")))
    return fail(ErrorKind::argument, "--upload-id names one upload: -r and --older do not go with it");
  const std::string url = args.get("URL");
  const Result<Location> at = wish.all_below ? parse_prefix(url) : parse_object(url);
  if (!at && !wish.all_below && parse_prefix(url))
    return fail(ErrorKind::argument, at.error().message, "-r aborts every upload below the URL");
  if (!at) return unexpected(at.error());
  wish.at = wish.all_below ? below(*at) : *at;
  if (!args.has("older")) return wish;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const Result<TimePoint> moment = parse_moment(args.get("older"), now);
  if (!moment) return unexpected(moment.error().with("--older", ""));
  wish.begun_before = *moment;
  return wish;
}

Uploads find(const Args& args, Store& store, const Wish& wish) {
  Uploads found = wish.all_below ? store.list_uploads(wish.at.bucket, wish.at.key)
                                 : uploads_of_key(args, store, wish.at);
  if (found && wish.begun_before)
    std::erase_if(*found, [&wish](const UploadInfo& upload) {
      return !upload.initiated || *upload.initiated >= *wish.begun_before;
    });
  return found;
}

int show(Context& context, const Wish& wish, const std::vector<UploadInfo>& uploads) {
  std::string text;
  for (const UploadInfo& upload : uploads) {
    Location one = wish.at;
    one.key = upload.key;
    text += planned(context.output, {"uploads", "abort", one.word(), "--upload-id=" + upload.upload_id});
  }
  const Result<void> shown = context.output.data(text);
  return shown ? kDone : report_failure(context, shown.error());
}

/// One that has ended meanwhile is no failure, unless it was asked for by its id.
int abort(Context& context, Store& store, const std::vector<UploadInfo>& uploads) {
  const bool named = context.args.has("upload_id");
  std::mutex mutex;
  std::uint64_t aborted = 0;
  int code = kDone;
  at_once(uploads.size(), kAbortsAtOnce, [&](std::size_t i) {
    const UploadInfo& upload = uploads[i];
    const Result<Reply> done = Upload(store, upload.bucket, upload.key, upload.upload_id).abort();
    std::lock_guard lock(mutex);
    Result<void> told;
    if (done) {
      ++aborted;
      told = context.output.data(upload_row("upload_aborted", upload, context.output));
    } else if (named || !is_not_found(done.error())) {
      told = done;
    }
    if (told) return;
    const int one = report_failure(context, told.error());
    code = uploads.size() == 1 ? one : kSomeFailed;
  });
  if (code == kDone) context.output.say(fmt::format("aborted {} uploads", aborted));
  return code;
}

int run(Context& context) {
  const Result<Wish> wish = read_wish(context.args);
  if (!wish) return report_failure(context, wish.error());
  Result<Session> session = open_session(context, wish->at);
  if (!session) return report_failure(context, session.error());
  const Uploads uploads = find(context.args, session->store(), *wish);
  if (!uploads) return report_failure(context, uploads.error());
  return is_dry_run(context) ? show(context, *wish, *uploads) : abort(context, session->store(), *uploads);
}

}  // namespace

Verb uploads_abort_verb() {
  return {
      .name = "uploads abort",
      .aliases = {"abort"},
      .summary = "abort unfinished uploads, whoever began them",
      .details =
          "Unlike gc this asks not whose they are: uploads of other programs and machines are aborted too,\n"
          "those that they still work on included. --dry-run shows which.",
      .examples = {"sluice uploads abort oss://bucket/key --upload-id 8A1F",
                   "sluice uploads abort -r s3://bucket/backups/ --older 7d --dry-run"},
      .operands = {{"URL", "scheme://bucket/key, with -r also scheme://bucket[/prefix]"}},
      .options = {upload_id_option(),
                  {"-r,--recursive", "", "all that are below the URL"},
                  {"--older", "TIME", "begun before this: an age (2h, 7d) or a date (2026-11-03)"},
                  dry_run_option()},
      .shares = Shares::store,
      .in_run = true,
      .run = run};
}

}  // namespace sluice::cli
