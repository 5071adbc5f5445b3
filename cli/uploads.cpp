// sluice uploads ls|gc URL: multipart uploads that were begun and never ended. gc aborts ours alone.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/session.h"
#include "cli/upload_list.h"

namespace sluice::cli {
namespace {

using Answer = Result<std::vector<UploadInfo>>;

Answer list_all(Store& store, const Location& at) {
  return store.list_uploads(at.bucket, at.key);
}
Answer list_ours(Store& store, const Location& at) {
  Answer all = list_all(store, at);
  if (all) std::erase_if(*all, [](const UploadInfo& upload) { return !upload.ours; });
  return all;
}
Answer abort_ours(Store& store, const Location& at) {
  Answer gone = store.collect_uploads(at.bucket, at.key);
  if (!gone || !gone->empty()) return gone;
  // Nothing was asked of the store yet: a mistyped bucket has no uploads either.
  if (const Result<void> there = store.head_bucket(at.bucket); !there) return unexpected(there.error());
  return gone;
}

int on_uploads(Context& context, Answer (*ask)(Store&, const Location&), const char* event,
               const char* done) {
  const Result<Location> at = parse_prefix(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  const Answer uploads = ask(session->store(), *at);
  if (!uploads) return report_failure(context, uploads.error());
  std::string text;
  for (const UploadInfo& upload : *uploads) text += upload_row(event, upload, context.output);
  if (done) context.output.say(fmt::format("{} {} uploads", done, uploads->size()));
  const Result<void> written = context.output.data(text);
  return written ? kDone : report_failure(context, written.error());
}

int list(Context& context) {
  return on_uploads(context, list_all, "upload", nullptr);
}
int collect(Context& context) {
  if (is_dry_run(context))
    return on_uploads(context, list_ours, "upload", "would abort, if nobody works on them,");
  return on_uploads(context, abort_ours, "upload_aborted", "aborted");
}

}  // namespace

Verb uploads_ls_verb() {
  return {.name = "uploads ls",
          .aliases = {"lsparts"},
          .summary = "show unfinished multipart uploads",
          .details = "Columns: begun (UTC), ours or foreign, upload id, key.",
          .examples = {"sluice uploads ls oss://bucket", "sluice uploads ls --json s3://bucket/backups/"},
          .operands = {{"URL", "scheme://bucket[/prefix]"}},
          .options = {},
          .shares = Shares::store,
          .in_run = true,
          .run = list};
}

Verb uploads_gc_verb() {
  return {
      .name = "uploads gc",
      .aliases = {"clear"},
      .summary = "abort those that an earlier run of ours left and nobody works on",
      .details =
          "What other programs began is not touched. A run that was killed while it asked for its upload\n"
          "id knows its upload by key and time alone: begun within a minute of it, and without a part.",
      .examples = {"sluice uploads gc oss://bucket", "sluice uploads gc --dry-run s3://bucket/backups/"},
      .operands = {{"URL", "scheme://bucket[/prefix]"}},
      .options = {{"--dry-run", "", "show what would be aborted, and abort nothing"}},
      .shares = Shares::store,
      .in_run = true,
      .run = collect};
}

}  // namespace sluice::cli
