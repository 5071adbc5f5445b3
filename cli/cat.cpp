// sluice cat URL...: objects to standard output, in order, checked as they pass.
#include "cli/exit_code.h"
#include "cli/run_transfer.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  std::vector<Location> all;
  for (const std::string& text : context.args.all("URL")) {
    Result<Location> at = parse_object(text);
    if (!at) return report_failure(context, at.error());
    all.push_back(*std::move(at));
  }
  context.output.take_stdout();
  for (const Location& at : all) {
    Result<Session> opened = open_session(context, at);
    if (!opened) return report_failure(context, opened.error());
    Session& session = *opened;
    const Result<TransferReport> end =
        session.client
            .download(session.store(), at.bucket, at.key, standard_output(context.output), session.transfer)
            .wait();
    if (!end) return report_failure(context, end.error());
    for (const std::string& note : end->notes) context.output.say(note);
  }
  return kDone;
}

}  // namespace

Verb cat_verb() {
  return {
      .name = "cat",
      .aliases = {},
      .summary = "objects to standard output",
      .details = "",
      .examples = {"sluice cat oss://bucket/key", "sluice cat s3://bucket/part-1 s3://bucket/part-2 > whole"},
      .operands = {{"URL", "scheme://bucket/key", 1, 10000}},
      .options = {},
      .shares = Shares::store,
      .run = run};
}

}  // namespace sluice::cli
