// sluice mb URL and sluice rb URL: make and remove a bucket.
#include "cli/exit_code.h"
#include "cli/session.h"

namespace sluice::cli {
namespace {

int on_bucket(Context& context, Result<Reply> (*act)(Store&, const std::string&), const char* event) {
  const Result<Location> at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  const Result<Reply> done = act(session->store(), at->bucket);
  if (!done) return report_failure(context, done.error());
  context.output.event(JsonLine().text("event", event).text("url", at->text()));
  return kDone;
}

int make(Context& context) {
  return on_bucket(
      context, [](Store& store, const std::string& name) { return store.create_bucket(name); },
      "bucket_made");
}
int remove(Context& context) {
  return on_bucket(
      context, [](Store& store, const std::string& name) { return store.delete_bucket(name); },
      "bucket_removed");
}

}  // namespace

Verb mb_verb() {
  return {.name = "mb",
          .aliases = {},
          .summary = "make a bucket",
          .details = "",
          .operands = {{"URL", "scheme://bucket"}},
          .options = {},
          .shares = Shares::store,
          .run = make};
}

Verb rb_verb() {
  return {.name = "rb",
          .aliases = {},
          .summary = "remove an empty bucket",
          .details = "",
          .operands = {{"URL", "scheme://bucket"}},
          .options = {},
          .shares = Shares::store,
          .run = remove};
}

}  // namespace sluice::cli
