// sluice cp SRC DST: files, directories (-r), stores, standard input and output.
#include "cli/copy_command.h"
#include "cli/planned.h"

namespace sluice::cli {
namespace {

int run(Context& context) {
  const Result<CopyCommand> command = read_copy_command(context.args);
  if (!command) return report_failure(context, command.error());
  Result<Session> session = open_copy_session(context, *command);
  if (!session) return report_failure(context, session.error());
  return is_dry_run(context) ? show_copy(context, *session, "cp", *command)
                             : run_copy(context, *session, *command);
}

}  // namespace

Verb cp_verb() {
  return {
      .name = "cp",
      .aliases = {"copy"},
      .summary = "copy a file, a directory, an object or a stream",
      .details =
          "A target that ends in '/' means into it. With -r the contents of a directory or of a prefix are\n"
          "copied. - is standard input or output. A web server's URL is read into a store. An interrupted\n"
          "transfer goes on when the same command is run again, unless it reads - or the web.",
      .examples = {"sluice cp -r photos/ oss://bucket/photos/",
                   "sluice cp s3://bucket/big.tar . --part-size 64M   # killed? the same command goes on"},
      .operands = {{"SRC", "a path, - or a URL, of http:// or https:// too"}, {"DST", "a path, - or a URL"}},
      .options = copy_options(),
      .shares = Shares::stores,
      .puts_objects = true,
      .filters = true,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
