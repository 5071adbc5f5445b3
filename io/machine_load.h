// MachineLoad: how long the machine's processors have had nothing to do.
//
// Who serves the requests may run on them too: its work is not seen in our threads' load. From /proc/stat
// (proc(5)); where there is none the machine seems idle. Any thread.
#pragma once

#include <chrono>

namespace sluice::io {

class MachineLoad {
 public:
  MachineLoad();
  ~MachineLoad();
  MachineLoad(const MachineLoad&) = delete;
  MachineLoad& operator=(const MachineLoad&) = delete;

  /// Since some moment, on the processors' mean, in steps of a tick of each (10 ms).
  std::chrono::nanoseconds idle() const;

 private:
  int file_;
};

}  // namespace sluice::io
