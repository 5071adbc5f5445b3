// sluice version.
#include <fmt/format.h>

#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "io/walk.h"
#include "io/whole_file.h"

namespace sluice::cli {
namespace {

/// The manual, a file a page, for `cmake --install`.
Result<void> write_manual(const std::string& directory) {
  if (Result<void> made = io::make_directories(directory); !made) return made;
  const auto write = [&](const std::string& name, const std::string& page) {
    return io::write_whole_file(directory + "/" + name + ".1", page);
  };
  Result<void> written = write("sluice", manual_of_command());
  for (const Verb& verb : verbs())
    if (written) written = write(manual_name(verb), manual_of(verb));
  return written;
}

int run(Context& context) {
  if (context.args.has("man")) {
    const Result<void> manual = write_manual(context.args.get("man"));
    return manual ? kDone : report_failure(context, manual.error());
  }
  const Result<void> written = context.output.data(
      context.output.json()
          ? context.output.row(JsonLine().text("event", "version").text("version", SLUICE_VERSION))
          : fmt::format("sluice {}\n", SLUICE_VERSION));
  return written ? kDone : report_failure(context, written.error());
}

}  // namespace

Verb version_verb() {
  return {.name = "version",
          .aliases = {},
          .summary = "the version",
          .details = "",
          .examples = {"sluice version", "sluice version --json"},
          .operands = {},
          .options = {{"--man", "DIR", "write the manual's pages there", false, true}},
          .shares = Shares::store,
          .run = run};
}

}  // namespace sluice::cli
