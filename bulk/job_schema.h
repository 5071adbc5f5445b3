// The tables of a job's database, and how its rows become values.
#pragma once

#include <memory>
#include <string>

#include "bulk/job_store.h"

namespace sluice::bulk {

/// An existing file, checked, or a new one with its tables. Kind state when it is damaged or of a newer
/// version.
Result<std::unique_ptr<io::Sqlite>> open_job_database(const std::string& path, bool create, bool wal);

Result<JobSpec> load_spec(io::Sqlite&);
Result<void> save_spec(io::Sqlite&, const JobSpec&);
Result<JobPosition> load_position(io::Sqlite&);
Result<void> save_position(io::Sqlite&, const JobPosition&);
Result<Counts> load_counts(io::Sqlite&);
Result<void> save_counts(io::Sqlite&, const Counts&);

/// The columns of a step in every table that holds some, in this order; `step_of` reads them from column 0.
inline constexpr const char* kStepColumns = "name, action, why, size, etag, modified, key";
void bind_step(io::Statement&, const Step&);
Step step_of(const io::Statement&);

}  // namespace sluice::bulk
