// sluice version.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"

namespace sluice::cli {
namespace {

int run(Context &context) {
  const Result<void> written = context.output.data(
      context.output.json()
          ? context.output.row(JsonLine()
                                   .text("event", "version")
                                   .text("version", SLUICE_VERSION))
          : fmt::format("sluice {}\n", SLUICE_VERSION));
  return written ? kDone : report_failure(context, written.error());
}

} // namespace

Verb version_verb() {
  return {.name = "version",
          .aliases = {},
          .summary = "the version",
          .details = "",
          .examples = {"sluice version", "sluice version --json"},
          .operands = {},
          .options = {},
          .shares = Shares::store,
          .run = run};
}

} // namespace sluice::cli
