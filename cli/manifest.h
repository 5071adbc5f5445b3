// Manifests: what `plan` writes, people review, and `apply` executes: a JSON object a line. The first says
// which command was planned, the last how much it is; a file without the last is not whole. docs/jobs.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bulk/steps.h"
#include "cli/json_line.h"

namespace sluice::cli {

struct PlanTotals {
  std::uint64_t copies = 0, removals = 0;
  std::uint64_t bytes = 0;               ///< of the copies
  std::uint64_t source = 0, target = 0;  ///< names seen
};

struct ManifestHead {
  std::vector<std::string> words;  ///< of the command that was planned
  std::string directory;           ///< in which it was given
};

JsonLine manifest_head(const ManifestHead&);
JsonLine manifest_step(const bulk::Step&);
JsonLine manifest_end(const PlanTotals&);

class Manifest {
 public:
  /// Reads its ends. Kind argument: it is none, or not whole.
  static Result<Manifest> open(const std::string& path);

  const ManifestHead& head() const { return head_; }
  const PlanTotals& totals() const { return totals_; }
  /// The steps of names above `after`.
  Result<std::unique_ptr<bulk::Steps>> steps(const std::string& after) const;

 private:
  std::string path_;
  ManifestHead head_;
  PlanTotals totals_;
};

}  // namespace sluice::cli
