// sluice completion SHELL.
#include "cli/completion.h"

#include "cli/exit_code.h"
#include "cli/session.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  const Result<std::string> script = completion_script(context.args.get("SHELL"));
  if (!script) return report_failure(context, script.error());
  const Result<void> written = context.output.data(*script);
  return written ? kDone : report_failure(context, written.error());
}

}  // namespace

Verb completion_verb() {
  return {
      .name = "completion",
      .aliases = {},
      .summary = "a script that completes commands and options in a shell",
      .details =
          "zsh: into a file _sluice of a folder in $fpath. fish: into "
          "~/.config/fish/completions/sluice.fish.\n"
          "An installed sluice has brought them along.",
      .examples = {"source <(sluice completion bash)",
                   "sluice completion fish > ~/.config/fish/completions/sluice.fish"},
      .operands = {{"SHELL", "bash, zsh or fish"}},
      .options = {},
      .shares = Shares::nothing,
      .run = run,
  };
}

}  // namespace sluice::cli
