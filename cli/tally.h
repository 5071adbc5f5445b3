// What became of many things that were done one by one. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "cli/verb.h"
#include "sluice/error.h"

namespace sluice::cli {

class Tally {
 public:
  explicit Tally(Context& context) : context_(context) {}

  void done() { ++done_; }
  /// Tells the user of the first 1,000.
  void failed(const Error&);
  bool nothing() const { return done_ == 0 && failed_ == 0; }
  /// The summary. `action`: "deleted". Answers the exit code.
  int report(const char* action);

 private:
  Context& context_;
  std::atomic<std::uint64_t> done_{0};
  std::mutex mutex_;
  std::atomic<std::uint64_t> failed_{0};
};

}  // namespace sluice::cli
