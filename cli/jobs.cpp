// sluice jobs ls|show|resume|retry|cancel|gc: the jobs of the state directory.
#include <csignal>

#include <filesystem>

#include <fmt/format.h>

#include "bulk/job.h"
#include "bulk/job_list.h"
#include "cli/exit_code.h"
#include "cli/job_report.h"
#include "cli/job_run.h"
#include "cli/parse.h"
#include "cli/process.h"
#include "cli/units.h"
#include "cli/words.h"
#include "engine/runtime.h"

namespace sluice::cli {
namespace {

using bulk::JobInfo;
using bulk::JobPhase;

constexpr std::size_t kFailuresShown = 1000;

/// Of options, configuration and environment; no store is opened.
Result<std::string> state_dir(Context& context) {
  const Result<Config> config = read_config(context);
  if (!config) return unexpected(config.error());
  const Result<Tuning> tuned = tuning(resolve_knobs({context.args, *config, context.env}, {}));
  if (!tuned) return unexpected(tuned.error());
  const Result<ClientOptions> options = engine::filled(tuned->client);
  if (!options) return unexpected(options.error());
  return options->state_dir;
}

std::string_view state_of(const JobInfo& job) {
  if (job.live) return "running";
  if (job.position.phase < JobPhase::done) return "stopped";
  const bool failed = bulk::totals_of(job.counts).failed > 0;
  return job.position.phase == JobPhase::done && failed ? "partial" : word(job.position.phase);
}

JsonLine job_event(const char* event, const JobInfo& job) {
  JsonLine line;
  line.text("event", event).text("id", job.spec.id).text("state", state_of(job)).text("verb", job.spec.verb);
  line.text("source", job.spec.source)
      .text("target", job.spec.target)
      .text("created", format_time(job.spec.created));
  add_totals(line, bulk::totals_of(job.counts));
  return line;
}

std::string row_of(const Output& out, const JobInfo& job) {
  if (out.json()) return out.row(job_event("job_info", job));
  const bulk::Totals totals = bulk::totals_of(job.counts);
  return fmt::format("{}  {:9}  {:>10} objects  {:>10}  {:>6} failed  {} {} {}\n", job.spec.id, state_of(job),
                     totals.copied, format_bytes(static_cast<double>(totals.copied_bytes)), totals.failed,
                     job.spec.verb, printable(job.spec.source), printable(job.spec.target));
}

Result<JobInfo> find_job(const std::string& dir, const std::string& id) {
  Result<std::vector<JobInfo>> jobs = bulk::list_jobs(dir);
  if (!jobs) return unexpected(jobs.error());
  std::vector<JobInfo> found;
  for (JobInfo& job : *jobs)
    if (!id.empty() && job.spec.id.ends_with(id)) found.push_back(std::move(job));
  if (found.empty())
    return fail(ErrorKind::argument, fmt::format("there is no job {}", printable(id)),
                "sluice jobs ls shows those there are");
  if (found.size() > 1)
    return fail(ErrorKind::argument, fmt::format("{} jobs end in {}", found.size(), printable(id)));
  return std::move(found.front());
}

Result<JobInfo> asked_job(Context& context) {
  const Result<std::string> dir = state_dir(context);
  if (!dir) return unexpected(dir.error());
  return find_job(*dir, context.args.get("ID"));
}

int list(Context& context) {
  const Result<std::string> dir = state_dir(context);
  if (!dir) return report_failure(context, dir.error());
  const Result<std::vector<JobInfo>> jobs = bulk::list_jobs(*dir);
  if (!jobs) return report_failure(context, jobs.error());
  std::string text;
  for (const JobInfo& job : *jobs) text += row_of(context.output, job);
  const Result<void> written = context.output.data(text);
  return written ? kDone : report_failure(context, written.error());
}

std::string failure_row(const Output& out, const bulk::Failure& failure) {
  if (out.json())
    return out.row(JsonLine()
                       .text("event", "job_failure")
                       .text("name", failure.step.entry.name)
                       .text("class", failure.cause)
                       .number("size", failure.step.entry.info.size)
                       .text("message", failure.message));
  return fmt::format("{:10} {}  {}\n", failure.cause, printable(failure.step.entry.name),
                     printable(failure.message));
}

/// Of a job that nobody runs: its database is read with its lock held.
Result<std::string> failure_rows(const Output& out, const std::string& dir, const std::string& id) {
  Result<std::unique_ptr<bulk::JobStore>> store = bulk::JobStore::open(dir, id);
  if (!store) return unexpected(store.error());
  const Result<std::vector<bulk::Failure>> failures = (*store)->failures("", kFailuresShown);
  if (!failures) return unexpected(failures.error());
  std::string text;
  for (const bulk::Failure& failure : *failures) text += failure_row(out, failure);
  return text;
}

std::string details_of(const JobInfo& job) {
  const bulk::Totals t = bulk::totals_of(job.counts);
  std::string text =
      fmt::format("job       {}\nstate     {}{}\ncommand   sluice {}\n", job.spec.id, state_of(job),
                  job.live ? fmt::format(", process {}", job.pid) : "", join_words(job.spec.words));
  text += fmt::format("in        {}\nbegun     {}\nseen      {} names of the source, {} of the target\n",
                      printable(job.spec.directory), format_time(job.spec.created), t.source, t.target);
  text += fmt::format(
      "copied    {} objects, {}\nsame      {}\nleft      {}\ndeleted   {}\nvanished  {}\nfailed    {}\n",
      t.copied, format_bytes(static_cast<double>(t.copied_bytes)), t.same, t.left, t.removed, t.vanished,
      t.failed);
  return text;
}

int show(Context& context) {
  const Result<std::string> dir = state_dir(context);
  if (!dir) return report_failure(context, dir.error());
  const Result<JobInfo> job = find_job(*dir, context.args.get("ID"));
  if (!job) return report_failure(context, job.error());
  std::string text =
      context.output.json() ? context.output.row(job_event("job_info", *job)) : details_of(*job);
  if (!job->live) {
    const Result<std::string> rows = failure_rows(context.output, *dir, job->spec.id);
    if (!rows) return report_failure(context, rows.error());
    text += *rows;
  }
  const Result<void> written = context.output.data(text);
  return written ? kDone : report_failure(context, written.error());
}

/// The words that began the job, as if they were given again, in the same directory; `more`: kRetry*.
int with_words_of(Context& context, const JobInfo& job, const Args& more) {
  std::error_code failed;
  std::filesystem::current_path(job.spec.directory, failed);
  if (failed) {
    Error gone = make_error(ErrorKind::disk, "the directory in which the job was begun: " + failed.message());
    gone.target = job.spec.directory;
    gone.system_error = failed.value();
    return report_failure(context, gone);
  }
  Parsed parsed = parse_command(job.spec.words);
  if (!parsed.verb) return report_failure(context, make_error(ErrorKind::argument, parsed.text));
  parsed.args.inherit(context.args);
  parsed.args.inherit(more);
  Context own{parsed.args, context.env, context.output, context.interrupt, context.process};
  return parsed.verb->run(own);
}

int resume(Context& context) {
  const Result<JobInfo> job = asked_job(context);
  if (!job) return report_failure(context, job.error());
  if (!job->live && job->position.phase >= JobPhase::done)
    return report_failure(
        context,
        make_error(ErrorKind::argument, fmt::format("the job {} has ended: {}", job->spec.id, state_of(*job)),
                   "jobs retry takes what failed; the same command begins a new job"));
  return with_words_of(context, *job, {});
}

int retry(Context& context) {
  Args more;
  for (const std::string& text : context.args.all("class")) {
    if (!bulk::find_cause(text))
      return report_failure(
          context, make_error(ErrorKind::argument, fmt::format("\"{}\" is no class", printable(text)),
                              fmt::format("one of {}", bulk::cause_words())));
    more.add(kRetryClass, text);
  }
  const Result<JobInfo> job = asked_job(context);
  if (!job) return report_failure(context, job.error());
  if (job->position.phase < JobPhase::done)
    return report_failure(
        context, make_error(ErrorKind::argument, fmt::format("the job {} has not ended", job->spec.id),
                            "jobs resume goes on with it, failures included"));
  more.add(kRetryJob, job->spec.id);
  return with_words_of(context, *job, more);
}

int cancel(Context& context) {
  const Result<std::string> dir = state_dir(context);
  if (!dir) return report_failure(context, dir.error());
  const Result<JobInfo> job = find_job(*dir, context.args.get("ID"));
  if (!job) return report_failure(context, job.error());
  if (job->live) {
    if (job->pid <= 0 || ::kill(job->pid, SIGTERM) != 0)
      return report_failure(context,
                            make_error(ErrorKind::state, "the process of the job cannot be told to stop"));
    context.output.say(fmt::format("told process {} to stop; run this again to give the job up", job->pid));
    return kDone;
  }
  Result<std::unique_ptr<bulk::JobStore>> store = bulk::JobStore::open(*dir, job->spec.id);
  if (!store) return report_failure(context, store.error());
  bulk::JobChange change;
  change.position = bulk::JobPosition{JobPhase::cancelled, job->position.name};
  const Result<void> done = (*store)->commit(change);
  if (!done) return report_failure(context, done.error());
  context.output.say(fmt::format("cancelled {}: the same command begins a new job", job->spec.id));
  return kDone;
}

int collect(Context& context) {
  constexpr std::chrono::seconds kMonth{30 * 24 * 3600}, kYears{100ll * 365 * 24 * 3600};
  std::chrono::seconds age = kMonth;
  if (context.args.has("older_than")) {
    const Result<std::chrono::seconds> given =
        parse_duration(context.args.get("older_than"), std::chrono::seconds(0), kYears);
    if (!given) return report_failure(context, given.error().with("--older-than", ""));
    age = *given;
  }
  const Result<std::string> dir = state_dir(context);
  if (!dir) return report_failure(context, dir.error());
  const Result<std::vector<JobInfo>> jobs = bulk::list_jobs(*dir);
  if (!jobs) return report_failure(context, jobs.error());
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::uint64_t gone = 0;
  for (const JobInfo& job : *jobs) {
    if (job.live || job.position.phase < JobPhase::done || now - job.spec.created < age) continue;
    Result<std::unique_ptr<bulk::JobStore>> store = bulk::JobStore::open(*dir, job.spec.id);
    if (!store) continue;  // somebody has begun to retry it
    (*store)->remove();
    ++gone;
  }
  context.output.say(fmt::format("removed {} jobs that have ended", gone));
  return kDone;
}

constexpr const char* kId = "a job's id, or its end";

Verb of_one(const char* name, const char* summary, const char* details, std::vector<std::string> examples,
            int (*run)(Context&)) {
  return {.name = name,
          .aliases = {},
          .summary = summary,
          .details = details,
          .examples = std::move(examples),
          .operands = {{"ID", kId}},
          .options = {},
          .shares = Shares::stores,
          .run = run};
}

}  // namespace

Verb jobs_ls_verb() {
  return {
      .name = "jobs ls",
      .aliases = {},
      .summary = "show jobs, running, stopped and ended",
      .details = "States: running, stopped (resume goes on), done, partial (something failed), cancelled.",
      .examples = {"sluice jobs ls", "sluice jobs ls --json"},
      .operands = {},
      .options = {},
      .shares = Shares::store,
      .run = list};
}

Verb jobs_show_verb() {
  return of_one("jobs show", "how far a job is, and what failed",
                "Of a job that runs, failures are shown when it has ended.",
                {"sluice jobs show 7f3a", "sluice jobs show --json 20261201-021530-7f3a"}, show);
}

Verb jobs_resume_verb() {
  return of_one(
      "jobs resume", "go on with a job that was stopped or killed",
      "As the command that began it, in the same directory. Options given here fill up those given\nthere.",
      {"sluice jobs resume 7f3a", "sluice jobs resume 7f3a -q"}, resume);
}

Verb jobs_retry_verb() {
  Verb verb = of_one("jobs retry", "try once more what failed in a job that has ended",
                     "Each thing is looked at first: what the source has no more is no failure then.",
                     {"sluice jobs retry 7f3a", "sluice jobs retry 7f3a --class denied"}, retry);
  verb.options = {{"--class", "WORD", "only failures of this class, once for each", true}};
  return verb;
}

Verb jobs_cancel_verb() {
  return of_one(
      "jobs cancel", "stop a running job, give up a stopped one",
      "A running job is told to stop, as by Ctrl-C, and can be resumed; one that is stopped is given up.",
      {"sluice jobs cancel 7f3a", "sluice jobs cancel 20261201-021530-7f3a"}, cancel);
}

Verb jobs_gc_verb() {
  return {.name = "jobs gc",
          .aliases = {},
          .summary = "forget jobs that have ended",
          .details = "Those begun 30 days ago or more. Nothing at any source or target is touched.",
          .examples = {"sluice jobs gc", "sluice jobs gc --older-than 7d"},
          .operands = {},
          .options = {{"--older-than", "AGE", "begun so long ago: 12h, 7d; 0s = all that have ended"}},
          .shares = Shares::store,
          .run = collect};
}

}  // namespace sluice::cli
