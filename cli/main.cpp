// The command: parse, run the verb, answer its exit code.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "cli/exit_code.h"
#include "cli/open_files.h"
#include "cli/parse.h"
#include "cli/process.h"

namespace {

/// A descriptor of the three that is closed would be given to the next file or socket, and written to. What
/// is put there refuses what it is used for.
void keep_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int run(std::vector<std::string> words) {
  using namespace sluice::cli;
  keep_standard_descriptors();
  raise_open_files();
  Interrupt& interrupt = Interrupt::install();
  const Parsed parsed = parse_command(std::move(words));
  Output output({.json = parsed.args.has("json"), .quiet = parsed.args.has("quiet")});
  if (parsed.verb == nullptr) {
    if (parsed.exit_code != kDone) {
      output.fail(parsed.text);
      return parsed.exit_code;
    }
    const sluice::Result<void> written = output.data(parsed.text);
    if (!written) output.fail(written.error().describe());
    return written ? kDone : exit_code(written.error());
  }
  const Environment env = process_environment;
  Process process(env);
  Context context{parsed.args, env, output, interrupt, process};
  const int code = parsed.verb->run(context);
  const std::optional<sluice::Error> lost = output.lost();
  if (code != kDone || !lost) return code;  // another failure has been told
  output.fail(lost->describe());
  return exit_code(*lost);
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
