// sluice config ls: the profiles there are. sluice config path: where they stand.
#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

std::string text_of(const ConfigTable& values, const char* name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second.text;
}

int list(Context& context) {
  const Result<Config> config = read_config(context);
  if (!config) return report_failure(context, config.error());
  std::string text;
  for (const auto& [name, values] : config->profiles) {
    const std::string scheme = text_of(values, "scheme"), region = text_of(values, "region"),
                      endpoint = text_of(values, "endpoint");
    const char* keys = values.contains("access_key")           ? "keys"
                       : values.contains("credential_process") ? "credential_process"
                                                               : "";
    if (context.output.json())
      text += JsonLine()
                  .text("event", "profile")
                  .text("name", name)
                  .text("scheme", scheme)
                  .text("region", region)
                  .text("endpoint", endpoint)
                  .text("keys", keys)
                  .str();
    else
      text += fmt::format("{:16} {:5} {:18} {:16} {}\n", printable(name), printable(scheme), keys,
                          printable(region), printable(endpoint));
  }
  const Result<void> written = context.output.data(text);
  return written ? kDone : report_failure(context, written.error());
}

int path(Context& context) {
  const std::string file = config_file(context.env);
  const Result<void> written = context.output.data(
      context.output.json() ? JsonLine().text("event", "path").text("path", file).str() : file + "\n");
  return written ? kDone : report_failure(context, written.error());
}

}  // namespace

Verb config_ls_verb() {
  return {.name = "config ls",
          .aliases = {},
          .summary = "the profiles, and where each leads",
          .details = "",
          .examples = {"sluice config ls", "sluice config ls --json"},
          .operands = {},
          .options = {{"--json", "", "one JSON object a line, on stdout"}},
          .shares = Shares::nothing,
          .run = list};
}

Verb config_path_verb() {
  return {.name = "config path",
          .aliases = {},
          .summary = "where the configuration is, or would be",
          .details = "",
          .examples = {"sluice config path", "$EDITOR $(sluice config path)"},
          .operands = {},
          .options = {{"--json", "", "one JSON object a line, on stdout"}},
          .shares = Shares::nothing,
          .run = path};
}

}  // namespace sluice::cli
