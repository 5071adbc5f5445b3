#include "bulk/job.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "engine/client_store.h"
#include "sluice/operations.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using transfers::dialect;
using transfers::must;
using transfers::Place;

/// Steps that were written down, in one batch.
class Written final : public Steps {
 public:
  explicit Written(Batch batch) : batch_(std::move(batch)) {}
  Result<Batch> next() override { return batch_; }

 private:
  const Batch batch_;
};

Step step(Action action, Why why, const std::string& name) {
  Step made;
  made.action = action;
  made.why = why;
  made.entry.name = name;
  return made;
}

/// A directory and a bucket, "kept" in both and "alone" in the bucket.
struct Sides {
  Sides() : store(place.store(dialect("s3"))) {
    std::filesystem::create_directory(place.dir.path("source"));
    transfers::write_file(place.dir.path("source/kept"), "kept");
    for (const char* key : {"kept", "alone"}) must(object(key).put(key));
    from.directory = place.dir.path("source");
    to.store = store.state().store;
    to.root = {dialect("s3").bucket, ""};
  }

  Object object(const std::string& key) { return {store, dialect("s3").bucket, key}; }
  bool is_there(const std::string& key) { return must(store.object_exists(dialect("s3").bucket, key)).value; }

  Result<JobReport> run(JobStore& job, std::uint64_t unread) {
    Batch batch;
    batch.steps = {step(Action::remove, Why::extra, "alone"), step(Action::leave, Why::same, "kept")};
    batch.through = "kept";
    batch.source_names = 1;
    batch.target_names = 2;
    batch.last = true;
    Written steps(batch);
    JobOptions options;
    options.unread = [unread] { return unread; };
    const Mover mover(from, to, false);
    return run_job(*store.state().runtime, mover, steps, job, options, {});
  }

  Place place;
  Store store;
  Side from, to;
};

std::unique_ptr<JobStore> new_job(const Place& place) {
  JobSpec spec;
  spec.id = make_job_id();
  return must(JobStore::create(place.dir.path("jobs"), spec));
}

TEST(Job, DeletesAtItsEndWhatTheTargetHasAlone) {
  Sides sides;
  const auto job = new_job(sides.place);
  const JobReport report = must(sides.run(*job, 0));
  EXPECT_EQ(report.totals.removed, 1u);
  EXPECT_FALSE(report.removal_refused);
  EXPECT_FALSE(sides.is_there("alone"));
  EXPECT_TRUE(sides.is_there("kept"));
  EXPECT_EQ(must(job->position()).phase, JobPhase::done);
}

TEST(Job, DeletesNothingWhereAPlaceCouldNotBeReadNotEvenWhenItGoesOnLater) {
  Sides sides;
  const auto job = new_job(sides.place);
  JobReport report = must(sides.run(*job, 1));
  EXPECT_TRUE(report.removal_refused);
  EXPECT_EQ(report.totals.unread, 1u);
  // The place stands before the position: the next run of this job does not look there again.
  JobChange change;
  change.position = JobPosition{JobPhase::moving, "kept"};
  change.counts = must(job->counts());
  must(job->commit(change));
  report = must(sides.run(*job, 0));
  EXPECT_TRUE(report.removal_refused);
  EXPECT_EQ(report.totals.unread, 1u);
  EXPECT_TRUE(sides.is_there("alone"));
}

TEST(Job, GoesOnWithDeletesThatAKillHasCutOff) {
  Sides sides;
  const auto job = new_job(sides.place);
  JobChange change;
  change.position = JobPosition{JobPhase::removing, "kept"};
  change.extra = {step(Action::remove, Why::extra, "alone")};
  change.counts = counts_of({.source = 1, .target = 2});
  must(job->commit(change));
  EXPECT_EQ(must(sides.run(*job, 0)).totals.removed, 1u);
  EXPECT_FALSE(sides.is_there("alone"));
}

TEST(Job, CopiesWhatAnEarlierRunHasLeftBehind) {
  Sides sides;
  transfers::write_file(sides.place.dir.path("source/behind"), "behind");
  const auto job = new_job(sides.place);
  JobChange change;
  change.position = JobPosition{JobPhase::moving, "kept"};
  change.left_behind = {step(Action::copy, Why::missing, "behind")};
  must(job->commit(change));
  EXPECT_EQ(must(sides.run(*job, 0)).totals.copied, 1u);
  EXPECT_TRUE(sides.is_there("behind"));
  EXPECT_GT(must(job->counts()).at("requests"), 0u);
  EXPECT_TRUE(must(job->left_behind()).empty());
}

}  // namespace
}  // namespace sluice::bulk
