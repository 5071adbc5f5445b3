// sluice cp SRC DST: files, directories (-r), stores, standard input and output.
//
// A target that ends in '/' (or is an existing directory) means "into it": the source's last name is
// appended. With -r the source stands for what is below it, so that a tree goes up and comes down as
// the same tree, whether or not '/' is written.
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/exit_code.h"
#include "cli/run_transfer.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using Kind = Location::Kind;

Error file_error(const std::string& path, int cause, const char* operation) {
  Error error = make_error(ErrorKind::disk, std::strerror(cause));
  error.operation = operation;
  error.target = path;
  error.system_error = cause;
  return error;
}

Unexpected usage(std::string what, std::string hint = {}) {
  return fail(ErrorKind::argument, std::move(what), std::move(hint));
}

struct Command {
  Location from, to;
  bool recursive = false;
};

/// The name that a target "into" gets: the source's last one.
Result<std::string> name_into(const Location& from) {
  const std::string name = from.is_object() ? base_name(from.key) : fs::path(from.path).filename().string();
  if (from.kind == Kind::standard) return usage("standard input has no name", "give the target a key");
  if (name.empty() || name == "." || name == "..")
    return usage(fmt::format("\"{}\" has no last name", printable(from.text())),
                 "give the target a name of its own");
  return name;
}

Result<Command> read_command(const Args& args) {
  Command command;
  Result<Location> from = parse_location(args.get("SRC")), to = parse_location(args.get("DST"));
  if (!from) return unexpected(from.error());
  if (!to) return unexpected(to.error());
  command.from = *std::move(from);
  command.to = *std::move(to);
  command.recursive = args.has("recursive");
  if (!command.from.is_object() && !command.to.is_object())
    return usage("neither the source nor the target is in a store",
                 "URLs begin with oss://, cos://, tos://, qs:// or s3://");
  for (const Location* at : {&command.from, &command.to})
    if (at->is_object() && at->bucket.empty())
      return usage(fmt::format("\"{}\" names no bucket", at->text()));
  const bool streams = command.from.kind == Kind::standard || command.to.kind == Kind::standard;
  if (streams && command.recursive) return usage("-r and - do not go together");
  return command;
}

/// Completes a target key: "into" gets the name, --raw takes it as it is.
Result<void> complete_key(Command& command, bool raw) {
  if (raw || !command.to.names_prefix()) {
    if (command.to.key.empty()) return usage("the target names no key");
    return {};
  }
  const Result<std::string> name = name_into(command.from);
  if (!name) return unexpected(name.error());
  command.to.key += *name;
  return {};
}

void end_with_slash(std::string& prefix) {
  if (!prefix.empty() && prefix.back() != '/') prefix += '/';
}

int upload(Context& context, Command command) {
  const std::string& path = command.from.path;
  const bool standard = command.from.kind == Kind::standard;
  struct stat info {};
  if (!standard) {
    if (::stat(path.c_str(), &info) != 0) return report_failure(context, file_error(path, errno, "read"));
    if (S_ISDIR(info.st_mode) && !command.recursive)
      return report_failure(
          context,
          usage(fmt::format("\"{}\" is a directory", printable(path)), "-r takes what is below it").error);
    if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode))
      return report_failure(context,
                            usage(fmt::format("\"{}\" is neither a file nor a directory", printable(path)),
                                  "a pipe or device is given as -, with < before its name")
                                .error);
  }
  const bool tree = !standard && S_ISDIR(info.st_mode);
  if (tree)
    end_with_slash(command.to.key);
  else if (Result<void> named = complete_key(command, context.args.has("raw")); !named)
    return report_failure(context, named.error());

  Result<Session> opened = open_session(context, command.to);
  if (!opened) return report_failure(context, opened.error());
  Session& session = *opened;
  Running running{"uploaded", command.from.text(), command.to.text(), tree, !standard, false};
  return run_transfer(context, session, std::move(running), [&](TransferOptions options) {
    const Location& to = command.to;
    if (tree) return session.client.upload_tree(path, session.store(), to.bucket, to.key, std::move(options));
    Source source = standard ? standard_input(context.interrupt) : Source::file(path);
    return session.client.upload(std::move(source), session.store(), to.bucket, to.key, std::move(options));
  });
}

/// The file that a download goes to; its directories are made.
Result<std::string> target_file(const Command& command) {
  std::string path = command.to.path;
  std::error_code ignored;
  if (path.back() == '/' || fs::is_directory(path, ignored)) {
    const Result<std::string> name = name_into(command.from);
    if (!name) return unexpected(name.error());
    if (path.back() != '/') path += '/';
    path += *name;
  }
  const fs::path parent = fs::path(path).parent_path();
  std::error_code failed;
  if (!parent.empty()) fs::create_directories(parent, failed);
  if (failed) return unexpected(file_error(parent.string(), failed.value(), "make directory"));
  return path;
}

int download(Context& context, Command command) {
  const bool standard = command.to.kind == Kind::standard;
  if (!command.recursive && command.from.key.empty())
    return report_failure(
        context,
        usage(fmt::format("\"{}\" names no key", command.from.text()), "-r takes the whole bucket").error);
  if (command.recursive) {
    end_with_slash(command.from.key);
    std::error_code ignored;
    if (fs::exists(command.to.path, ignored) && !fs::is_directory(command.to.path, ignored))
      return report_failure(context, file_error(command.to.path, ENOTDIR, "download into"));
  } else if (!standard) {
    Result<std::string> path = target_file(command);
    if (!path) return report_failure(context, path.error());
    command.to.path = *std::move(path);
  }
  if (standard) context.output.take_stdout();

  Result<Session> opened = open_session(context, command.from);
  if (!opened) return report_failure(context, opened.error());
  Session& session = *opened;
  Running running{"downloaded",      command.from.text(), command.to.text(),
                  command.recursive, !standard,           command.recursive};
  return run_transfer(context, session, std::move(running), [&](TransferOptions options) {
    const Location& from = command.from;
    if (command.recursive)
      return session.client.download_tree(session.store(), from.bucket, from.key, command.to.path,
                                          std::move(options));
    Sink sink = standard ? standard_output(context.output) : Sink::file(command.to.path);
    return session.client.download(session.store(), from.bucket, from.key, std::move(sink),
                                   std::move(options));
  });
}

int copy(Context& context, Command command) {
  if (command.recursive) {
    end_with_slash(command.from.key);
    end_with_slash(command.to.key);
  } else {
    if (command.from.key.empty())
      return report_failure(
          context,
          usage(fmt::format("\"{}\" names no key", command.from.text()), "-r takes the whole bucket").error);
    if (Result<void> named = complete_key(command, context.args.has("raw")); !named)
      return report_failure(context, named.error());
  }
  const Location &from = command.from, &to = command.to;
  Result<Session> opened = open_session(
      context, {{from.scheme, from.profile, Side::source}, {to.scheme, to.profile, Side::target}});
  if (!opened) return report_failure(context, opened.error());
  Session& session = *opened;
  Running running{"copied", from.text(), to.text(), command.recursive, true, command.recursive};
  return run_transfer(context, session, std::move(running), [&](TransferOptions options) {
    Store &source = session.stores[0], &target = session.stores[1];
    if (command.recursive)
      return session.client.copy_tree(source, from.bucket, from.key, target, to.bucket, to.key,
                                      std::move(options));
    return session.client.copy(source, from.bucket, from.key, target, to.bucket, to.key, std::move(options));
  });
}

int run(Context& context) {
  Result<Command> command = read_command(context.args);
  if (!command) return report_failure(context, command.error());
  if (command->from.is_object() && command->to.is_object()) return copy(context, *std::move(command));
  if (command->to.is_object()) return upload(context, *std::move(command));
  return download(context, *std::move(command));
}

}  // namespace

Verb cp_verb() {
  return {
      .name = "cp",
      .aliases = {"copy"},
      .summary = "copy a file, a directory, an object or a stream",
      .details =
          "A target that ends in '/' means into it. With -r the contents of a directory or of a prefix are\n"
          "copied. - is standard input or output. An interrupted transfer goes on when the same command\n"
          "is run again.",
      .operands = {{"SRC", "a path, - or a URL"}, {"DST", "a path, - or a URL"}},
      .options = {{"-r,--recursive", "", "what is below SRC"},
                  {"--raw", "", "a '/' at the end of DST is part of the key"}},
      .shares = Shares::stores,
      .run = run,
  };
}

}  // namespace sluice::cli
