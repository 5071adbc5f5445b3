#include "bulk/job.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "bulk/contents.h"
#include "bulk/job_recorder.h"
#include "engine/client_ask.h"

namespace sluice::bulk {
namespace {

using engine::TransferContext;
using engine::TreeItem;
using engine::TreeRun;
using scheduler::Task;
using scheduler::Ticket;
using scheduler::Worker;

constexpr std::size_t kPage = 1000;
constexpr std::size_t kFailuresShown = 100;

Task<Result<Ticket>> room_of(TreeRun* run, Worker* home, std::uint64_t items) {
  Ticket ticket = co_await run->room(home, items);
  if (!ticket) co_return fail(ErrorKind::cancelled, "cancelled");
  co_return std::move(ticket);
}

class Run {
 public:
  Run(engine::Runtime& runtime, const Mover& mover, JobStore& store, JobOptions options, std::stop_token stop)
      : runtime_(runtime),
        mover_(mover),
        options_(std::move(options)),
        meter_(options_.transfer.progress),
        stopped_(std::move(stop), [this] { context_.stop.request_stop(); }) {
    context_.runtime = &runtime_;
    context_.meter = &meter_;
    context_.options = options_.transfer;
    recorder_ = std::make_unique<JobRecorder>(store, options_, context_.stop);
  }

  Result<JobReport> all(Steps& steps) {
    if (Result<void> fine = mover_.check(options_.transfer); !fine) return unexpected(fine.error());
    const Result<JobPosition> position = recorder_->load();
    if (!position) return unexpected(position.error());
    if (position->phase == JobPhase::moving)
      if (Result<void> moved = moving(steps); !moved) return ended(moved);
    return rest();
  }

  Result<JobReport> again(const std::vector<Cause>& causes) {
    if (const Result<JobPosition> position = recorder_->load(); !position)
      return unexpected(position.error());
    if (Result<void> done = retrying(causes); !done) return ended(done);
    return rest();
  }

 private:
  /// What comes when everything has been tried once.
  Result<JobReport> rest() {
    std::vector<Cause> causes{Cause::throttled, Cause::network, Cause::store, Cause::gone};
    if (!options_.exact) causes.push_back(Cause::changed);
    for (unsigned pass = 0; pass < options_.passes && recorder_->totals().failed > 0; ++pass)
      if (Result<void> done = retrying(causes); !done) return ended(done);
    if (Result<void> done = removing(); !done) return ended(done);
    return ended(recorder_->enter(JobPhase::done));
  }

  Result<JobReport> ended(const Result<void>& how) {
    const Result<void> kept = recorder_->commit();
    meter_.finish();
    if (const std::optional<Error> error = recorder_->error()) return unexpected(*error);
    if (!how) return unexpected(how.error());
    if (!kept) return unexpected(kept.error());
    report_.totals = recorder_->totals();
    const Result<std::vector<Failure>> failures =
        recorder_->with_store([](JobStore& store) { return store.failures("", kFailuresShown); });
    if (!failures) return unexpected(failures.error());
    for (const Failure& failure : *failures) report_.failures.push_back(failure.message);
    return std::move(report_);
  }

  Result<void> moving(Steps& steps) {
    const auto run = std::make_shared<TreeRun>(
        &context_, mover_.small(context_),
        [this](Worker* worker, TransferContext* own, const TreeItem* item) {
          if (!options_.exact && !options_.compares) return mover_.move(worker, own, item);
          return move_with_a_look(this, worker, own, item, recorder_->step(item->number));
        },
        mover_.ways(),
        [this](const TreeItem& item, const Result<TransferReport>& moved) {
          tell(recorder_->step(item.number), item.number, moved, false);
        });
    Result<void> fed = feed_left_behind(*run);
    if (fed) fed = feed(*run, steps);
    return finish(*run, fed);
  }

  Result<void> feed_left_behind(TreeRun& run) {
    const Result<std::vector<Step>> steps =
        recorder_->with_store([](JobStore& store) { return store.left_behind(); });
    if (!steps) return unexpected(steps.error());
    return submit(run, *steps, 0);
  }

  Result<void> feed(TreeRun& run, Steps& steps) {
    for (;;) {
      Result<Batch> batch = steps.next();
      if (!batch) return unexpected(batch.error());
      recorder_->seen(*batch);
      const bool last = batch->last;
      std::vector<Step> active = std::move(batch->steps);
      std::erase_if(active, [](const Step& step) {
        return step.action != Action::copy && step.action != Action::compare;
      });
      std::vector<Step> under_way = active;
      const std::uint64_t first = recorder_->begin(std::move(under_way), std::move(batch->through));
      if (Result<void> sent = submit(run, active, first); !sent) return sent;
      if (last) return {};
    }
  }

  Result<void> submit(TreeRun& run, const std::vector<Step>& steps, std::uint64_t first) {
    for (std::size_t from = 0; from < steps.size(); from += kPage) {
      const std::size_t to = std::min(steps.size(), from + kPage);
      std::vector<TreeItem> items;
      for (std::size_t i = from; i < to; ++i) items.push_back(mover_.item(steps[i], first + i));
      Result<Ticket> room = facade::ask_worker<Ticket>(
          runtime_, [&](Worker* home) { return room_of(&run, home, items.size()); });
      if (!room) return unexpected(room.error());
      run.submit(*runtime_.workers, std::move(items), *std::move(room));
    }
    return {};
  }

  /// Waits for what is under way; an error of the feeding comes after it.
  Result<void> finish(TreeRun& run, const Result<void>& fed) {
    const Result<TransferReport> done = facade::ask_worker<TransferReport>(
        runtime_, [&](Worker* home) { return run.finish(home, Result<void>()); });
    recorder_->requests(context_.tally->requests.exchange(0), context_.tally->retries.exchange(0));
    if (!fed) return fed;
    if (!done) return unexpected(done.error());
    return {};
  }

  void tell(Step step, std::optional<std::uint64_t> number, const Result<TransferReport>& moved,
            bool failed_before) {
    Outcome outcome;
    outcome.step = std::move(step);
    if (moved) {
      outcome.what = moved->left_alone > 0 ? Outcome::What::left : Outcome::What::copied;
      outcome.bytes = moved->bytes;
      outcome.crc64 = moved->crc64;
      outcome.attempts = moved->requests;
      outcome.retries = moved->retries;
      for (const std::string& note : moved->notes)
        outcome.message += (outcome.message.empty() ? "" : "; ") + note;
    } else if (context_.options.forbid_overwrite && is_already_exists(moved.error())) {
      outcome.what = Outcome::What::left;
    } else {
      fail_with(outcome, moved.error().with("", mover_.from().text(outcome.step.entry.name)));
    }
    recorder_->ended(std::move(outcome), number, failed_before);
  }

  static void fail_with(Outcome& outcome, const Error& error) {
    outcome.what = Outcome::What::failed;
    outcome.cause = cause_of(error);
    outcome.message = error.describe();
    outcome.attempts = static_cast<std::uint64_t>(std::max(error.attempts, 0));
  }

  static Task<Result<TransferReport>> move_with_a_look(const Run* run, Worker* worker, TransferContext* own,
                                                       const TreeItem* item, Step step) {
    const Mover& mover = run->mover_;
    if (step.action == Action::compare) {
      auto same = co_await same_contents(worker, own, &mover.from(), &mover.to(), item);
      if (!same) co_return unexpected(same.error());
      TransferReport left;
      left.left_alone = 1;
      if (*same) co_return left;
    }
    if (run->options_.exact) {
      auto planned = co_await mover.as_planned(worker, own, item, std::move(step));
      if (!planned) co_return unexpected(planned.error());
    }
    co_return co_await mover.move(worker, own, item);
  }

  static Task<Result<TransferReport>> move_if_there(const Mover* mover, Worker* worker, TransferContext* own,
                                                    const TreeItem* item) {
    auto there = co_await mover->there(worker, own, item);
    if (!there) co_return unexpected(there.error());
    if (*there) co_return co_await mover->move(worker, own, item);
    TransferReport vanished;
    vanished.objects = kVanished;
    co_return vanished;
  }

  /// Steps of failures, with what the source has now.
  Result<void> retrying(const std::vector<Cause>& causes) {
    // A page is kept until the next one has been read: items refer to its steps by number.
    std::mutex mutex;
    std::map<std::uint64_t, Step> steps;
    const auto run = std::make_shared<TreeRun>(
        &context_, mover_.small(context_),
        [this](Worker* worker, TransferContext* own, const TreeItem* item) {
          return move_if_there(&mover_, worker, own, item);
        },
        mover_.ways(),
        [&](const TreeItem& item, const Result<TransferReport>& moved) {
          std::unique_lock lock(mutex);
          Step step = std::move(steps.extract(item.number).mapped());
          lock.unlock();
          if (!moved || moved->objects != kVanished) return tell(std::move(step), {}, moved, true);
          Outcome outcome;
          outcome.what = Outcome::What::vanished;
          outcome.step = std::move(step);
          recorder_->ended(std::move(outcome), {}, true);
        });
    const auto feed_all = [&]() -> Result<void> {
      std::uint64_t number = 0;
      for (std::string after;;) {
        const Result<std::vector<Failure>> page =
            recorder_->with_store([&](JobStore& store) { return store.failures(after, kPage); });
        if (!page) return unexpected(page.error());
        if (page->empty()) return {};
        std::vector<Step> chosen;
        for (const Failure& failure : *page) {
          const std::optional<Cause> cause = find_cause(failure.cause);
          if (!causes.empty() && (!cause || std::ranges::find(causes, *cause) == causes.end())) continue;
          chosen.push_back(failure.step);
          chosen.back().entry.info.etag.clear();  // whatever it is now
        }
        {
          std::lock_guard lock(mutex);
          for (std::size_t i = 0; i < chosen.size(); ++i) steps.emplace(number + i, chosen[i]);
        }
        if (Result<void> sent = submit(*run, chosen, number); !sent) return sent;
        number += chosen.size();
        after = page->back().step.entry.name;
        if (page->size() < kPage) return {};
      }
    };
    return finish(*run, feed_all());
  }

  /// Empty: what is to be removed may be.
  std::string why_not_remove(const Totals& totals, std::uint64_t extra) const {
    if (totals.unread > 0)
      return fmt::format("{} places could not be listed, and what is there is not known", totals.unread);
    if (totals.source == 0) return "the source is empty";
    if (totals.failed > 0) return fmt::format("{} objects failed", totals.failed);
    if (!options_.removal_limit.allows(extra, totals.target))
      return fmt::format("{} of {} would go, and the limit is {} (--max-delete)", extra, totals.target,
                         options_.removal_limit.text());
    return {};
  }

  Result<void> removing() {
    const Result<std::uint64_t> count =
        recorder_->with_store([](JobStore& store) { return store.extra_count(); });
    if (!count) return unexpected(count.error());
    if (*count == 0) return {};
    const std::string why = why_not_remove(recorder_->totals(), *count);
    if (!why.empty()) {
      report_.removal_refused = true;
      report_.notes.push_back(fmt::format("nothing was deleted: {}", why));
      return {};
    }
    if (Result<void> entered = recorder_->enter(JobPhase::removing); !entered) return entered;
    for (std::string after; !context_.stop.stop_requested();) {
      const Result<std::vector<Step>> page =
          recorder_->with_store([&](JobStore& store) { return store.extra(after, kPage); });
      if (!page) return unexpected(page.error());
      if (page->empty()) return {};
      const std::vector<Result<void>> removed = mover_.remove(runtime_, *page);
      for (std::size_t i = 0; i < page->size(); ++i) {
        Outcome outcome;
        outcome.what = Outcome::What::removed;
        outcome.step = (*page)[i];
        if (!removed[i]) fail_with(outcome, removed[i].error());
        recorder_->ended(std::move(outcome), {});
      }
      after = page->back().entry.name;
    }
    return fail(ErrorKind::cancelled, "cancelled");
  }

  static constexpr std::uint64_t kVanished = ~std::uint64_t{0};  // TransferReport::objects of such an item

  engine::Runtime& runtime_;
  const Mover& mover_;
  const JobOptions options_;
  engine::ProgressMeter meter_;
  TransferContext context_;
  std::unique_ptr<JobRecorder> recorder_;
  JobReport report_;
  const std::stop_callback<std::function<void()>> stopped_;
};

constexpr std::array<std::pair<const char*, std::uint64_t Totals::*>, 12> kTotals{{
    {"source", &Totals::source},
    {"target", &Totals::target},
    {"copied", &Totals::copied},
    {"copied_bytes", &Totals::copied_bytes},
    {"same", &Totals::same},
    {"left", &Totals::left},
    {"removed", &Totals::removed},
    {"vanished", &Totals::vanished},
    {"unread", &Totals::unread},
    {"requests", &Totals::requests},
    {"retries", &Totals::retries},
    {"failed", &Totals::failed},
}};

}  // namespace

std::string_view word(Outcome::What what) {
  static constexpr std::array<std::string_view, 5> kWords{"copied", "left", "deleted", "vanished", "failed"};
  return kWords[static_cast<std::size_t>(what)];
}

Counts counts_of(const Totals& totals) {
  Counts counts;
  for (const auto& [name, field] : kTotals) counts[name] = totals.*field;
  return counts;
}

Totals totals_of(const Counts& counts) {
  Totals totals;
  for (const auto& [name, field] : kTotals) {
    const auto found = counts.find(name);
    if (found != counts.end()) totals.*field = found->second;
  }
  return totals;
}

Result<JobReport> run_job(engine::Runtime& runtime, const Mover& mover, Steps& steps, JobStore& store,
                          JobOptions options, std::stop_token stop) {
  return Run(runtime, mover, store, std::move(options), std::move(stop)).all(steps);
}

Result<JobReport> retry_job(engine::Runtime& runtime, const Mover& mover, JobStore& store,
                            std::vector<Cause> causes, JobOptions options, std::stop_token stop) {
  return Run(runtime, mover, store, std::move(options), std::move(stop)).again(causes);
}

}  // namespace sluice::bulk
