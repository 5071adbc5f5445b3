#include "cli/job_run.h"

#include <atomic>
#include <filesystem>

#include <fmt/format.h>

#include "bulk/inventory_listing.h"
#include "bulk/job.h"
#include "bulk/job_list.h"
#include "bulk/list_file.h"
#include "bulk/open_listing.h"
#include "bulk/snapshot.h"
#include "cli/exit_code.h"
#include "cli/job_report.h"
#include "cli/progress_line.h"
#include "cli/units.h"
#include "engine/client_store.h"
#include "io/walk.h"

namespace sluice::cli {
namespace {

bulk::Side side_of(const Location& at, const Store* store) {
  bulk::Side side;
  if (store) {
    side.store = store->state().store;
    side.root = {at.bucket, at.key};
  } else {
    side.directory = at.path;
  }
  return side;
}

/// What a job needs of the outside, made from what was asked for.
class Ends {
 public:
  Ends(Context& context, Session session, const JobCommand& command)
      : context_(context),
        session_(std::move(session)),
        command_(command),
        mover_(side_of(command.from, command.from.is_object() ? &session_.stores.front() : nullptr),
               side_of(command.to, command.to.is_object() ? &session_.stores.back() : nullptr),
               command.from.is_object() && command.to.is_object() &&
                   same_store(session_.stores.front().state(), session_.stores.back().state())) {}

  engine::Runtime& runtime() const { return *session_.stores.front().state().runtime; }
  const bulk::Mover& mover() const { return mover_; }
  const Session& session() const { return session_; }
  const std::string& state_dir() const { return runtime().options.state_dir; }
  std::uint64_t unread() const { return unread_; }

  /// What tells this job from others.
  std::string key() const {
    std::string text = command_.wishes;
    for (const bulk::Side* side : {&mover_.from(), &mover_.to()})
      text += fmt::format(" {} {}", side->text(), side->local() ? "" : side->store->identity());
    return text;
  }

  Result<std::unique_ptr<bulk::Steps>> steps(const std::string& start_after, std::stop_token stop) {
    Result<std::unique_ptr<bulk::Listing>> source = source_listing(listing_options(start_after, stop));
    if (!source) return unexpected(source.error());
    std::unique_ptr<bulk::Listing> target;
    if (!mover_.to().local() || is_there(mover_.to().directory)) {
      auto opened = target_listing(listing_options(start_after, stop));
      if (!opened) return unexpected(opened.error());
      target = *std::move(opened);
    }
    bulk::PlanRules rules;
    rules.comparison = command_.comparison;
    rules.remove = command_.remove;
    if (!command_.filter.empty())
      rules.wanted = [this](const bulk::Entry& entry) {
        return command_.filter.admits(entry.name, entry.info.size, entry.info.modified);
      };
    return std::unique_ptr<bulk::Steps>(
        std::make_unique<bulk::Planner>(std::move(rules), *std::move(source), std::move(target)));
  }

 private:
  static bool is_there(const std::string& directory) {
    std::error_code ignored;
    return std::filesystem::exists(directory, ignored);
  }

  bulk::ListingOptions listing_options(const std::string& start_after, std::stop_token stop) {
    bulk::ListingOptions options;
    options.start_after = start_after;
    // A directory has no folders that are objects, and should not lose those of its source.
    options.skip_markers = mover_.from().local() || mover_.to().local();
    options.stop = std::move(stop);
    if (!command_.filter.empty())
      options.enter = [this](std::string_view directory) {
        return command_.filter.may_admit_below(directory);
      };
    options.notes.skipped = [this](const std::string& name, std::string_view what) {
      context_.output.say(fmt::format("skipped {}: {}", name, what));
    };
    options.notes.failed = [this](const Error& error) {
      ++unread_;
      context_.output.fail(error.describe());
    };
    return options;
  }

  Result<std::unique_ptr<bulk::Listing>> source_listing(bulk::ListingOptions options) {
    const bulk::Side& side = mover_.from();
    if (!command_.files_from.empty()) return bulk::list_names(runtime(), side, names(), std::move(options));
    if (!command_.inventory.empty())
      return bulk::list_inventory(side, {.path = command_.inventory}, std::move(options));
    if (!command_.listing.empty()) return bulk::read_listing(side, command_.listing, std::move(options));
    return bulk::open_listing(runtime(), side, std::move(options));
  }

  Result<std::unique_ptr<bulk::Listing>> target_listing(bulk::ListingOptions options) {
    if (command_.files_from.empty()) return bulk::open_listing(runtime(), mover_.to(), std::move(options));
    options.notes.failed = [](const Error&) {};  // what is not there is to be copied
    return bulk::list_names(runtime(), mover_.to(), names(), std::move(options));
  }

  bulk::NameFile names() const { return {.path = command_.files_from, .nul = command_.nul}; }

  Context& context_;
  const Session session_;
  const JobCommand& command_;
  const bulk::Mover mover_;
  std::atomic<std::uint64_t> unread_{0};
};

class JobRun {
 public:
  /// `manifest`: whose steps are taken; null: those of two listings.
  JobRun(Context& context, Ends& ends, const JobCommand& command, const Manifest* manifest)
      : context_(context), ends_(ends), command_(command), manifest_(manifest), display_(context.output) {}

  int run() { return context_.args.has(kRetryJob) ? again(context_.args.get(kRetryJob)) : first(); }

 private:
  int first() {
    Result<std::unique_ptr<bulk::JobStore>> store = open_store();
    if (!store) return report_failure(context_, store.error());
    store_ = *std::move(store);
    const Result<bulk::JobPosition> position = store_->position();
    if (!position) return report_failure(context_, position.error());
    if (ends_.mover().to().local())
      if (Result<void> made = io::make_directories(ends_.mover().to().directory); !made)
        return report_failure(context_, made.error());
    return from(position->name);
  }

  int again(const std::string& id) {
    std::vector<bulk::Cause> causes;
    for (const std::string& text : context_.args.all(kRetryClass))
      if (const std::optional<bulk::Cause> cause = bulk::find_cause(text)) causes.push_back(*cause);
    Result<std::unique_ptr<bulk::JobStore>> store = bulk::JobStore::open(ends_.state_dir(), id);
    if (!store) return report_failure(context_, store.error());
    store_ = *std::move(store);
    return end([&](bulk::JobOptions options) {
      return bulk::retry_job(ends_.runtime(), ends_.mover(), *store_, causes, std::move(options),
                             stop_.get_token());
    });
  }

  Result<std::unique_ptr<bulk::JobStore>> open_store() {
    const std::string key = ends_.key();
    Result<std::string> before = bulk::find_unfinished(ends_.state_dir(), key);
    if (!before) return unexpected(before.error());
    if (!before->empty() && ends_.session().resumes) {
      Result<std::unique_ptr<bulk::JobStore>> store = bulk::JobStore::open(ends_.state_dir(), *before);
      if (store) context_.output.say(fmt::format("job {} goes on", *before));
      return store;
    }
    bulk::JobSpec spec;
    spec.id = bulk::make_job_id();
    spec.verb = command_.verb;
    spec.source = command_.from.text();
    spec.target = command_.to.text();
    spec.words = context_.args.words();
    std::error_code ignored;
    spec.directory = std::filesystem::current_path(ignored).string();
    spec.key = key;
    return bulk::JobStore::create(ends_.state_dir(), std::move(spec));
  }

  int from(const std::string& name) {
    Result<std::unique_ptr<bulk::Steps>> steps =
        manifest_ ? manifest_->steps(name) : ends_.steps(name, stop_.get_token());
    if (!steps) return report_failure(context_, steps.error());
    return end([&](bulk::JobOptions options) {
      return bulk::run_job(ends_.runtime(), ends_.mover(), **steps, *store_, std::move(options),
                           stop_.get_token());
    });
  }

  Result<bulk::JobOptions> options() {
    bulk::JobOptions options;
    options.transfer = ends_.session().transfer;
    options.transfer.keep_times = true;
    options.removal_limit = command_.removal_limit;
    options.compares = command_.comparison.checksum;
    options.exact = manifest_ != nullptr;
    options.unread = [this] { return ends_.unread(); };
    if (context_.output.shows_progress())
      options.transfer.progress = [this](const Progress& now) { display_.update(now); };
    if (command_.report.empty()) return options;
    Result<std::unique_ptr<ReportFile>> report = ReportFile::open(command_.report);
    if (!report) return unexpected(report.error());
    report_ = *std::move(report);
    options.told = [this](const std::vector<bulk::Outcome>& outcomes) { return report_->add(outcomes); };
    return options;
  }

  int end(const std::function<Result<bulk::JobReport>(bulk::JobOptions)>& work) {
    Result<bulk::JobOptions> options = this->options();
    if (!options) return report_failure(context_, options.error());
    context_.output.event(
        JsonLine().text("event", "job").text("id", store_->spec().id).text("verb", store_->spec().verb));
    Result<bulk::JobReport> done = [&] {
      const Interrupt::Guard guard(context_.interrupt, [this] { stop_.request_stop(); });
      if (context_.interrupt.signal() != 0) stop_.request_stop();
      return work(*std::move(options));
    }();
    context_.output.live_line("");
    if (!done)
      return report_failure(
          context_, done.error(),
          fmt::format("sluice jobs resume {} goes on, as the same command does", store_->spec().id));
    return tell(*done);
  }

  int tell(const bulk::JobReport& report) {
    const bulk::Totals& totals = report.totals;
    for (const std::string& failure : report.failures) context_.output.fail(failure);
    for (const std::string& note : report.notes) context_.output.warn(note);
    const int code =
        totals.failed + totals.unread > 0 ? kSomeFailed : (report.removal_refused ? kLimit : kDone);
    JsonLine line;
    line.text("event", "job_result").text("id", store_->spec().id).text("source", command_.from.text());
    line.text("target", command_.to.text());
    add_totals(line, totals);
    line.number("exit_code", static_cast<std::uint64_t>(code)).texts("notes", report.notes);
    context_.output.event(line);
    if (report_)
      if (Result<void> written = report_->summary(line); !written)
        return report_failure(context_, written.error());
    if (!context_.output.json()) context_.output.say(summary(totals));
    return code;
  }

  std::string summary(const bulk::Totals& totals) const {
    std::string text = fmt::format("copied {} objects, {}; {} were the same", totals.copied,
                                   format_bytes(static_cast<double>(totals.copied_bytes)), totals.same);
    const auto add = [&text](std::uint64_t count, const char* what) {
      if (count > 0) text += fmt::format("; {} {}", count, what);
    };
    add(totals.left, "left alone");
    add(totals.removed, "deleted");
    add(totals.vanished, "vanished from the source meanwhile");
    add(totals.retries, "retries");
    add(totals.unread, "places UNREAD");
    add(totals.failed, "FAILED");
    if (totals.failed > 0) text += fmt::format(": sluice jobs retry {}", store_->spec().id);
    return text;
  }

  Context& context_;
  Ends& ends_;
  const JobCommand& command_;
  const Manifest* const manifest_;
  ProgressDisplay display_;
  std::stop_source stop_;
  std::unique_ptr<bulk::JobStore> store_;
  std::unique_ptr<ReportFile> report_;
};

std::string step_text(const Context& context, const bulk::Step& step) {
  const Output& out = context.output;
  const std::string& name = step.entry.name;
  if (out.json())
    return out.row(JsonLine()
                       .text("event", "step")
                       .text("action", bulk::word(step.action))
                       .text("why", bulk::word(step.why))
                       .text("name", step.entry.name)
                       .number("size", step.entry.info.size));
  return fmt::format("{:7} {:8} {:>12} {}\n", bulk::word(step.action), bulk::word(step.why),
                     step.entry.info.size, out.data_terminal() ? printable(name) : name);
}

}  // namespace

int run_job_command(Context& context, const JobCommand& command) {
  Result<Session> session = open_job_session(context, command);
  if (!session) return report_failure(context, session.error());
  Ends ends(context, *std::move(session), command);
  return JobRun(context, ends, command, nullptr).run();
}

int run_manifest(Context& context, const JobCommand& command, const Manifest& manifest) {
  Result<Session> session = open_job_session(context, command);
  if (!session) return report_failure(context, session.error());
  Ends ends(context, *std::move(session), command);
  return JobRun(context, ends, command, &manifest).run();
}

int show_job_command(Context& context, const JobCommand& command, const ShownSteps& shown) {
  Result<Session> session = open_job_session(context, command);
  if (!session) return report_failure(context, session.error());
  Ends ends(context, *std::move(session), command);
  std::stop_source stop;
  const Interrupt::Guard guard(context.interrupt, [&] { stop.request_stop(); });
  Result<std::unique_ptr<bulk::Steps>> steps = ends.steps("", stop.get_token());
  if (!steps) return report_failure(context, steps.error());
  PlanTotals totals;
  for (bool last = false; !last;) {
    const Result<bulk::Batch> batch = (*steps)->next();
    if (!batch) return report_failure(context, batch.error());
    std::string text;
    for (const bulk::Step& step : batch->steps) {
      if (step.action == bulk::Action::leave) continue;
      const bool removes = step.action == bulk::Action::remove;
      text += shown.line(step);
      ++(removes ? totals.removals : totals.copies);
      totals.bytes += removes ? 0 : step.entry.info.size;
    }
    totals.source += batch->source_names;
    totals.target += batch->target_names;
    if (Result<void> written = shown.write(text); !written) return report_failure(context, written.error());
    last = batch->last;
  }
  if (shown.end)
    if (Result<void> written = shown.end(totals); !written) return report_failure(context, written.error());
  context.output.say(fmt::format("would copy {} objects, {}, and delete {}", totals.copies,
                                 format_bytes(static_cast<double>(totals.bytes)), totals.removals));
  if (totals.removals > 0 &&
      (totals.source == 0 || !command.removal_limit.allows(totals.removals, totals.target)))
    context.output.warn(totals.source == 0 ? "nothing would be deleted: the source is empty"
                                           : "nothing would be deleted: more than --max-delete allows");
  return ends.unread() == 0 ? kDone : kSomeFailed;
}

int show_job_command(Context& context, const JobCommand& command) {
  ShownSteps shown;
  shown.line = [&](const bulk::Step& step) { return step_text(context, step); };
  shown.write = [&](std::string_view text) { return context.output.data(text); };
  return show_job_command(context, command, shown);
}

}  // namespace sluice::cli
