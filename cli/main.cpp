// The command: parse, run the verb, answer its exit code.
#include <cstdio>
#include <exception>

#include "cli/exit_code.h"
#include "cli/parse.h"

namespace {

int run(std::vector<std::string> words) {
  using namespace sluice::cli;
  Interrupt& interrupt = Interrupt::install();
  const Parsed parsed = parse_command(std::move(words));
  Output output({.json = parsed.args.has("json"), .quiet = parsed.args.has("quiet")});
  if (parsed.verb == nullptr) {
    if (parsed.exit_code != kDone) {
      output.fail(parsed.text);
      return parsed.exit_code;
    }
    return output.data(parsed.text) ? kDone : kLimit;
  }
  const Environment env = process_environment;
  Context context{parsed.args, env, output, interrupt};
  return parsed.verb->run(context);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::exception& error) {
    // Nothing of ours throws: memory that ran out, or a bug.
    std::fprintf(stderr, "sluice: internal error: %s\n", error.what());
    return sluice::cli::kInternal;
  }
}
