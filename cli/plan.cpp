// sluice plan SRC DST: what sync would do, written down for review. sluice apply FILE: just that.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <simdjson.h>

#include "cli/exit_code.h"
#include "cli/job_run.h"
#include "cli/parse.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

/// Words that JSON can carry.
Result<ManifestHead> head_of(const Args& args) {
  ManifestHead head;
  head.words = args.words();
  std::error_code failed;
  head.directory = std::filesystem::current_path(failed).string();
  for (const std::string& word : head.words)
    if (!simdjson::validate_utf8(word))
      return fail(ErrorKind::argument, fmt::format("\"{}\" is no UTF-8, and a plan is", printable(word)));
  return head;
}

int plan(Context& context) {
  const Result<JobCommand> command = read_job_command(plan_verb(), context.args);
  if (!command) return report_failure(context, command.error());
  const Result<ManifestHead> head = head_of(context.args);
  if (!head) return report_failure(context, head.error());
  bool begun = false;
  ShownSteps shown;
  shown.line = [](const bulk::Step& step) { return manifest_step(step).str(); };
  shown.write = [&](std::string_view text) -> Result<void> {
    if (!begun)
      if (Result<void> written = context.output.data(manifest_head(*head).str()); !written) return written;
    begun = true;
    return context.output.data(text);
  };
  shown.end = [&](const PlanTotals& totals) { return context.output.data(manifest_end(totals).str()); };
  return show_job_command(context, *command, shown);
}

int apply(Context& context) {
  namespace fs = std::filesystem;
  const std::string given = context.args.get("FILE");
  // The paths of the plan are those of its directory, ours of this one.
  std::error_code failed;
  const std::string file = fs::absolute(given, failed).string();
  const Result<Manifest> manifest = Manifest::open(file);
  if (!manifest) return report_failure(context, manifest.error());
  const std::string report =
      context.args.has("report") ? fs::absolute(context.args.get("report"), failed).string() : "";
  std::vector<std::string> words = context.args.words();
  std::ranges::replace(words, given, file);
  fs::current_path(manifest->head().directory, failed);
  Parsed parsed = parse_command(manifest->head().words);
  if (!parsed.verb || parsed.verb->name != "plan")
    return report_failure(context, make_error(ErrorKind::argument, "the manifest is of no plan"));
  // What was planned with counts; where its state is kept, and how much is said, are this command's.
  Args args = parsed.args;
  args.inherit(context.args);
  args.set_words(std::move(words));
  Result<JobCommand> command = read_job_command(plan_verb(), args);
  if (!command) return report_failure(context, command.error());
  command->verb = "apply";
  command->wishes += " of " + file;
  command->report = report;
  Context own{args, context.env, context.output, context.interrupt, context.process};
  return run_manifest(own, *command, *manifest);
}

std::vector<Option> plan_options() {
  std::vector<Option> all = job_options();
  std::erase_if(
      all, [](const Option& option) { return option.flags == "--dry-run" || option.flags == "--report"; });
  return all;
}

}  // namespace

Verb plan_verb() {
  return {
      .name = "plan",
      .aliases = {},
      .summary = "write down what sync would do, for apply to do",
      .details =
          "A JSON object a line: the command, each copy and delete with its reason, the sums. Nothing is\n"
          "changed. Lines may be taken out; the first and the last are needed.",
      .examples = {"sluice plan --delete site/ s3://bucket/site/ > plan.ndjson",
                   "sluice plan oss://bucket/a/ tos://bucket/a/ | grep '\"delete\"'"},
      .operands = {{"SRC", "a directory or a prefix"}, {"DST", "a directory or a prefix"}},
      .options = plan_options(),
      .selection = job_selection(),
      .shares = Shares::stores,
      .puts_objects = true,
      .filters = true,
      .run = plan,
  };
}

Verb apply_verb() {
  return {
      .name = "apply",
      .aliases = {},
      .summary = "do what a plan says, and nothing else",
      .details =
          "As a job. What the source has must still be what was planned, by size and ETag or time; what is\n"
          "not so fails, with class changed.",
      .examples = {"sluice apply plan.ndjson", "sluice apply plan.ndjson --report reports/"},
      .operands = {{"FILE", "a manifest that plan has written"}},
      .options = {{"--report", "DIR", "write there what became of each object, and a summary"}},
      .shares = Shares::stores,
      .run = apply,
  };
}

}  // namespace sluice::cli
