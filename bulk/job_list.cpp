#include "bulk/job_list.h"

#include <algorithm>
#include <filesystem>

#include "bulk/job_schema.h"

namespace sluice::bulk {
namespace {

namespace fs = std::filesystem;

Result<JobInfo> look_at(const fs::path& file) {
  auto db = io::Sqlite::open(file.string(), false);
  if (!db) return unexpected(db.error());
  JobInfo job;
  Result<JobSpec> spec = load_spec(**db);
  if (!spec) return unexpected(spec.error());
  job.spec = *std::move(spec);
  Result<JobPosition> position = load_position(**db);
  if (!position) return unexpected(position.error());
  job.position = *std::move(position);
  Result<Counts> counts = load_counts(**db);
  if (!counts) return unexpected(counts.error());
  job.counts = *std::move(counts);
  const io::LockHolder holder = io::lock_holder(fs::path(file).replace_extension(".lock").string());
  job.live = holder.held;
  job.pid = holder.pid;
  return job;
}

}  // namespace

Result<std::vector<JobInfo>> list_jobs(const std::string& state_dir) {
  std::vector<JobInfo> jobs;
  std::error_code failed;
  fs::directory_iterator files(state_dir + "/jobs", failed);
  if (failed == std::errc::no_such_file_or_directory) return jobs;
  if (failed) {
    Error error = make_error(ErrorKind::state, "cannot read " + state_dir + "/jobs: " + failed.message());
    error.system_error = failed.value();
    return unexpected(std::move(error));
  }
  for (const fs::directory_entry& file : files) {
    if (file.path().extension() != ".db") continue;
    if (Result<JobInfo> job = look_at(file.path())) jobs.push_back(*std::move(job));
  }
  std::ranges::sort(jobs, {}, [](const JobInfo& job) { return std::pair(job.spec.created, job.spec.id); });
  return jobs;
}

Result<std::string> find_unfinished(const std::string& state_dir, const std::string& key) {
  const Result<std::vector<JobInfo>> jobs = list_jobs(state_dir);
  if (!jobs) return unexpected(jobs.error());
  std::string found;
  for (const JobInfo& job : *jobs)
    if (job.spec.key == key && job.position.phase < JobPhase::done) found = job.spec.id;
  return found;
}

}  // namespace sluice::bulk
