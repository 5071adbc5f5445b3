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
          "What is missing at DST, has another size, or was changed after DST's was written is copied. A job\n"
          "that was stopped or killed goes on where it was, with the same command or jobs resume. --delete\n"
          "deletes at the end, if nothing failed, SRC is not empty and --max-delete is not passed.",
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
