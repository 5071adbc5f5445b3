#include "cli/tally.h"

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kShown = 1000;

}  // namespace

void Tally::failed(const Error& error) {
  std::lock_guard lock(mutex_);
  if (++failed_ <= kShown) report_failure(context_, error);
}

int Tally::report(const char* action) {
  const std::uint64_t done = done_, failed = failed_;
  context_.output.event(JsonLine()
                            .text("event", "summary")
                            .text("action", action)
                            .number("objects", done)
                            .number("failed", failed));
  context_.output.say(fmt::format("{} {} objects{}", action, done,
                                  failed ? fmt::format(", {} FAILED", failed) : ""));
  return failed == 0 ? kDone : kSomeFailed;
}

}  // namespace sluice::cli
