// sluice pipe URL: standard input to an object.
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/put_options.h"
#include "cli/run_transfer.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  const Result<Location> to = parse_object(context.args.get("URL"));
  if (!to) return report_failure(context, to.error());
  if (Result<void> fine = check_put_options(context.args); !fine)
    return report_failure(context, fine.error());
  Result<Session> opened = open_session(context, *to);
  if (!opened) return report_failure(context, opened.error());
  if (Result<void> read = read_put_options(context.args, opened->transfer); !read)
    return report_failure(context, read.error());
  if (is_dry_run(context)) {
    std::vector<std::string> words = put_option_words(context.args);
    words.insert(words.begin(), "pipe");
    words.push_back(to->word());
    const Result<void> shown = context.output.data(planned(context.output, words));
    return shown ? kDone : report_failure(context, shown.error());
  }
  Session& session = *opened;
  return run_transfer(context, session, {"uploaded", "-", to->text(), false, false, false},
                      [&](TransferOptions options) {
                        return session.client.upload(standard_input(context.interrupt), session.store(),
                                                     to->bucket, to->key, std::move(options));
                      });
}

}  // namespace

Verb pipe_verb() {
  return {
      .name = "pipe",
      .aliases = {"rcat", "tee"},
      .summary = "standard input to an object",
      .details =
          "As cp - URL; a '/' at the end is part of the key. An object appears when the input has ended.",
      .examples = {"tar c /srv | sluice pipe oss://bucket/srv.tar",
                   "mysqldump db | gzip | sluice pipe s3://bucket/db.sql.gz --part-size 64M"},
      .operands = {{"URL", "scheme://bucket/key"}},
      .options = {no_clobber_option(), dry_run_option()},
      .shares = Shares::store,
      .puts_objects = true,
      .run = run,
  };
}

}  // namespace sluice::cli
