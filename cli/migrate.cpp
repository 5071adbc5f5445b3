// sluice migrate SRC DST: everything below one prefix goes below another, as a job. Nothing is ever deleted.
#include "cli/job_run.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  const Result<JobCommand> command = read_job_command(migrate_verb(), context.args);
  if (!command) return report_failure(context, command.error());
  for (const Location* at : {&command->from, &command->to})
    if (!at->is_object())
      return report_failure(context, make_error(ErrorKind::argument, at->text() + " is not in a store",
                                                "sluice sync takes directories"));
  return context.args.has("dry_run") ? show_job_command(context, *command)
                                     : run_job_command(context, *command);
}

std::vector<Option> options() {
  std::vector<Option> all = job_options();
  std::erase_if(all, [](const Option& option) { return option.flags.find("delete") != std::string::npos; });
  return all;
}

}  // namespace

Verb migrate_verb() {
  return {
      .name = "migrate",
      .aliases = {},
      .summary = "copy everything below a prefix to another store",
      .details =
          "As sync between two stores, accounts or clouds, but nothing is ever deleted. What is at DST\n"
          "already is not sent again, so that a second run takes what has changed meanwhile.",
      .examples = {"sluice migrate qs://old/ tos://new/ --report reports/",
                   "sluice migrate s3://a/logs/ oss://b/logs/ --size-only"},
      .operands = {{"SRC", "a prefix"}, {"DST", "a prefix"}},
      .options = options(),
      .selection = job_selection(),
      .shares = Shares::stores,
      .puts_objects = true,
      .filters = true,
      .run = run,
  };
}

}  // namespace sluice::cli
