// JobReport: what became of each object of a job, in a directory of the user's: report.ndjson, a line for
// each, and summary.json. A job that goes on adds to what is there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bulk/job.h"
#include "cli/json_line.h"

namespace sluice::cli {

/// {"result": "copied", "name": ..., ...}
JsonLine outcome_line(const bulk::Outcome&);
/// The numbers of a job, for events and summaries.
void add_totals(JsonLine&, const bulk::Totals&);

class ReportFile {
 public:
  /// Makes the directory. `from`, `to`: for the summary.
  static Result<std::unique_ptr<ReportFile>> open(const std::string& directory);
  ReportFile(const ReportFile&) = delete;
  ~ReportFile();

  /// Written when it answers.
  Result<void> add(const std::vector<bulk::Outcome>&);
  /// Replaces summary.json.
  Result<void> summary(const JsonLine&);

 private:
  ReportFile(std::string directory, int fd) : directory_(std::move(directory)), fd_(fd) {}
  const std::string directory_;
  const int fd_;
};

}  // namespace sluice::cli
