// sluice mb URL and sluice rb URL: make and remove a bucket.
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/session.h"

namespace sluice::cli {
namespace {

int on_bucket(Context& context, const char* verb, Result<Reply> (*act)(Store&, const std::string&),
              const char* event) {
  const Result<Location> at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  if (is_dry_run(context)) {
    const Result<void> shown = context.output.data(planned(context.output, {verb, at->word()}));
    return shown ? kDone : report_failure(context, shown.error());
  }
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  const Result<Reply> done = act(session->store(), at->bucket);
  if (!done) return report_failure(context, done.error());
  context.output.event(JsonLine().text("event", event).text("url", at->text()));
  return kDone;
}

int make(Context& context) {
  return on_bucket(
      context, "mb", [](Store& store, const std::string& name) { return store.create_bucket(name); },
      "bucket_made");
}
int remove(Context& context) {
  return on_bucket(
      context, "rb", [](Store& store, const std::string& name) { return store.delete_bucket(name); },
      "bucket_removed");
}

}  // namespace

Verb mb_verb() {
  return {.name = "mb",
          .aliases = {},
          .summary = "make a bucket",
          .details = "",
          .examples = {"sluice mb oss://bucket --region cn-hangzhou", "sluice mb cos://bucket-1250000000"},
          .operands = {{"URL", "scheme://bucket"}},
          .options = {dry_run_option()},
          .shares = Shares::store,
          .in_run = true,
          .run = make};
}

Verb rb_verb() {
  return {.name = "rb",
          .aliases = {},
          .summary = "remove an empty bucket",
          .details = "",
          .examples = {"sluice rb oss://bucket", "sluice rb --dry-run s3://bucket"},
          .operands = {{"URL", "scheme://bucket"}},
          .options = {dry_run_option()},
          .shares = Shares::store,
          .in_run = true,
          .run = remove};
}

}  // namespace sluice::cli
