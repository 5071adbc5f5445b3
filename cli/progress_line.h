// How a transfer's progress looks: a live line on a terminal, a plain line now and then elsewhere,
// JSON events with --json.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "cli/output.h"
#include "sluice/types.h"

namespace sluice::cli {

/// " 45%  1.20 GiB of 2.67 GiB  310 MiB/s  ETA 0:05  parts 34/86", cut to `columns`.
std::string progress_line(const Progress&, unsigned columns);
JsonLine progress_event(const Progress&);

class ProgressDisplay {
 public:
  explicit ProgressDisplay(Output& output) : output_(output) {}
  ~ProgressDisplay() { output_.live_line(""); }

  void update(const Progress&);

 private:
  Output& output_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace sluice::cli
