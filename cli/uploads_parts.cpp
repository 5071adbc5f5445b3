// sluice uploads parts URL: what has arrived of an object whose upload has not ended.
#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/upload_list.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  const Result<Location> at = parse_object(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  const auto uploads = uploads_of_key(context.args, session->store(), *at);
  if (!uploads) return report_failure(context, uploads.error());
  for (const UploadInfo& upload : *uploads) {
    const Result<PartList> list =
        Upload(session->store(), upload.bucket, upload.key, upload.upload_id).parts();
    if (!list) return report_failure(context, list.error());
    std::string text;
    for (const PartInfo& part : list->parts) text += part_row(upload, part, context.output);
    if (const Result<void> written = context.output.data(text); !written)
      return report_failure(context, written.error());
  }
  return kDone;
}

}  // namespace

Verb uploads_parts_verb() {
  return {.name = "uploads parts",
          .aliases = {"listpart"},
          .summary = "show what has arrived of unfinished uploads",
          .details = "Columns: number, bytes, etag, upload id.",
          .examples = {"sluice uploads parts oss://bucket/key",
                       "sluice uploads parts --json s3://bucket/key --upload-id 8A1F"},
          .operands = {{"URL", "scheme://bucket/key"}},
          .options = {upload_id_option()},
          .shares = Shares::store,
          .in_run = true,
          .run = run};
}

}  // namespace sluice::cli
