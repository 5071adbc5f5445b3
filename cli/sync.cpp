// sluice sync SRC DST: makes what is below DST what is below SRC, as a job.
#include "cli/job_run.h"
#include "cli/planned.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  const Result<JobCommand> command = read_job_command(sync_verb(), context.args);
  if (!command) return report_failure(context, command.error());
  return is_dry_run(context) ? show_job_command(context, *command) : run_job_command(context, *command);
}

}  // namespace

Verb sync_verb() {
  return {
      .name = "sync",
      .aliases = {"mirror", "rsync"},
      .summary = "copy what is new or changed below a directory or prefix",
      .details =
          "What DST lacks, or SRC has in another size or changed since, is copied. Stopped or killed, it "
          "goes\n"
          "on with the same command. --delete: at the end, if nothing failed and no more than --max-delete.",
      .examples = {"sluice sync photos/ oss://bucket/photos/",
                   "sluice sync --delete --dry-run s3://bucket/site/ tos://other/site/"},
      .operands = {{"SRC", "a directory or a prefix"}, {"DST", "a directory or a prefix"}},
      .options = job_options(),
      .selection = job_selection(),
      .shares = Shares::stores,
      .puts_objects = true,
      .filters = true,
      .run = run,
  };
}

}  // namespace sluice::cli
