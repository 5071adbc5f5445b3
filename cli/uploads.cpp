// sluice uploads ls|gc URL: multipart uploads that were begun and never ended. gc aborts ours alone.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

using Answer = Result<std::vector<UploadInfo>>;

std::string text_of(const UploadInfo& upload, const Output& output) {
  const std::string when = upload.initiated ? format_time(*upload.initiated) : "-";
  if (output.json())
    return JsonLine()
        .text("bucket", upload.bucket)
        .text("key", upload.key)
        .text("upload_id", upload.upload_id)
        .text_if("initiated", upload.initiated ? when : "")
        .boolean("ours", upload.ours)
        .str();
  const std::string key = output.data_terminal() ? printable(upload.key) : upload.key;
  return fmt::format("{:20}  {:7}  {}  {}\n", when, upload.ours ? "ours" : "foreign", upload.upload_id, key);
}

int on_uploads(Context& context, Answer (Store::*ask)(std::string, std::string), bool collecting) {
  Result<Location> at = parse_url(context.args.get("URL"));
  if (at && at->bucket.empty()) at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  const Answer uploads = (session->store().*ask)(at->bucket, at->key);
  if (!uploads) return report_failure(context, uploads.error());
  std::string text;
  for (const UploadInfo& upload : *uploads) text += text_of(upload, context.output);
  if (collecting) context.output.say(fmt::format("aborted {} uploads", uploads->size()));
  const Result<void> written = context.output.data(text);
  return written ? kDone : report_failure(context, written.error());
}

int list(Context& context) {
  return on_uploads(context, &Store::list_uploads, false);
}
int collect(Context& context) {
  return on_uploads(context, &Store::collect_uploads, true);
}

}  // namespace

Verb uploads_ls_verb() {
  return {.name = "uploads ls",
          .aliases = {},
          .summary = "show unfinished multipart uploads",
          .details = "Columns: begun (UTC), ours or foreign, upload id, key.",
          .operands = {{"URL", "scheme://bucket[/prefix]"}},
          .options = {},
          .shares = Shares::store,
          .run = list};
}

Verb uploads_gc_verb() {
  return {
      .name = "uploads gc",
      .aliases = {},
      .summary = "abort those that an earlier run of ours left and nobody works on",
      .details =
          "What other programs began is not touched. A run that was killed while it asked for its upload\n"
          "id knows its upload by key and time alone: begun within a minute of it, and without a part.",
      .operands = {{"URL", "scheme://bucket[/prefix]"}},
      .options = {},
      .shares = Shares::store,
      .run = collect};
}

}  // namespace sluice::cli
