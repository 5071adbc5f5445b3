// Copies as they were asked for: copy_command.h.
#include "cli/copy_command.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/exit_code.h"
#include "cli/filter_options.h"
#include "cli/planned.h"
#include "cli/put_options.h"
#include "cli/run_transfer.h"
#include "cli/units.h"
#include "io/walk.h"
#include "io/web_url.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using Kind = Location::Kind;

Unexpected file_error(const std::string& path, int cause, const char* operation) {
  Error error = make_error(ErrorKind::disk, std::strerror(cause));
  error.operation = operation;
  error.target = path;
  error.system_error = cause;
  return unexpected(std::move(error));
}

Unexpected usage(std::string what, std::string hint = {}) {
  return fail(ErrorKind::argument, std::move(what), std::move(hint));
}

/// The name that a target "into" gets: the source's last one.
Result<std::string> name_into(const Location& from) {
  std::string name;
  if (from.is_object())
    name = base_name(from.key);
  else if (from.kind == Kind::web)
    name = io::parse_web_url(from.path).value_or(io::WebUrl()).name();
  else
    name = fs::path(from.path).filename().string();
  if (from.kind == Kind::standard) return usage("standard input has no name", "give the target a key");
  if (name.empty() || name == "." || name == "..")
    return usage(fmt::format("\"{}\" has no last name", printable(from.text())),
                 "give the target a name of its own");
  return name;
}

void end_with_slash(std::string& prefix) {
  if (!prefix.empty() && prefix.back() != '/') prefix += '/';
}

/// "Into" gets the name, --raw takes the key as it is.
Result<void> complete_key(CopyCommand& command) {
  if (command.raw || !command.to.names_prefix()) {
    if (command.to.key.empty()) return usage("the target names no key");
    return {};
  }
  const Result<std::string> name = name_into(command.from);
  if (!name) return unexpected(name.error());
  command.to.key += *name;
  return {};
}

Result<void> complete_file(CopyCommand& command) {
  std::string& path = command.to.path;
  std::error_code ignored;
  if (path.back() != '/' && !fs::is_directory(path, ignored)) return {};
  const Result<std::string> name = name_into(command.from);
  if (!name) return unexpected(name.error());
  if (path.back() != '/') path += '/';
  path += *name;
  return {};
}

/// Of a source in a store.
Result<void> complete_source(CopyCommand& command) {
  command.tree = command.recursive;
  if (command.tree) end_with_slash(command.from.key);
  if (!command.tree && command.from.key.empty())
    return usage(fmt::format("\"{}\" names no key", command.from.text()), "-r takes the whole bucket");
  return {};
}

Result<void> complete_upload(CopyCommand& command) {
  if (command.from.kind != Kind::file) return complete_key(command);
  const std::string& path = command.from.path;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return file_error(path, errno, "read");
  command.tree = S_ISDIR(info.st_mode);
  if (command.tree && !command.recursive)
    return usage(fmt::format("\"{}\" is a directory", printable(path)), "-r takes what is below it");
  if (!command.tree && !S_ISREG(info.st_mode))
    return usage(fmt::format("\"{}\" is neither a file nor a directory", printable(path)),
                 "a pipe or device is given as -, with < before its name");
  if (!command.tree) return complete_key(command);
  end_with_slash(command.to.key);
  return {};
}

Result<void> complete_download(CopyCommand& command) {
  if (Result<void> source = complete_source(command); !source) return source;
  if (command.to.kind == Kind::standard) return {};
  if (!command.tree) return complete_file(command);
  std::error_code ignored;
  if (fs::exists(command.to.path, ignored) && !fs::is_directory(command.to.path, ignored))
    return file_error(command.to.path, ENOTDIR, "download into");
  return {};
}

Result<void> complete_copy(CopyCommand& command) {
  if (Result<void> source = complete_source(command); !source) return source;
  if (!command.tree) return complete_key(command);
  end_with_slash(command.to.key);
  return {};
}

/// Files have no ACL, and standard output keeps nothing.
Result<void> check_put_options(const Args& args, const Location& to) {
  if (Result<void> fine = cli::check_put_options(args); !fine) return fine;
  if (to.is_object()) return {};
  const std::string given = put_option_given(args);
  if (!given.empty())
    return usage(fmt::format("{} goes with an object, and \"{}\" is none", given, printable(to.text())));
  if (to.kind == Kind::standard && args.has("no_clobber"))
    return usage("standard output has nothing to overwrite: leave --no-clobber out");
  return {};
}

Result<Session> open_ends(Context& context, const CopyCommand& command) {
  const Location &from = command.from, &to = command.to;
  if (!from.is_object()) return open_session(context, to);
  if (!to.is_object()) return open_session(context, from);
  return open_session(context,
                      {{from.scheme, from.profile, Side::source}, {to.scheme, to.profile, Side::target}});
}

Result<void> complete(CopyCommand& command) {
  if (!command.from.is_object()) return complete_upload(command);
  return command.to.is_object() ? complete_copy(command) : complete_download(command);
}

}  // namespace

bool CopyCommand::streams() const {
  return from.kind == Kind::standard || from.kind == Kind::web || to.kind == Kind::standard;
}

std::vector<Option> copy_options() {
  return {{"-r,--recursive", "", "what is below SRC"},
          {"--raw", "", "a '/' at the end of DST is part of the key"},
          no_clobber_option(),
          dry_run_option()};
}

Result<CopyCommand> read_copy_command(const Args& args) {
  CopyCommand command;
  Result<Location> from = parse_source(args.get("SRC")), to = parse_location(args.get("DST"));
  if (!from) return unexpected(from.error());
  if (!to) return unexpected(to.error());
  command.from = *std::move(from);
  command.to = *std::move(to);
  command.recursive = args.has("recursive");
  command.raw = args.has("raw");
  if (!command.from.is_object() && !command.to.is_object())
    return usage("neither the source nor the target is in a store",
                 "URLs begin with oss://, cos://, tos://, qs:// or s3://");
  for (const Location* at : {&command.from, &command.to})
    if (at->is_object() && at->bucket.empty()) return names_no_bucket(*at);
  if (command.streams() && command.recursive)
    return usage(command.from.kind == Kind::web ? "-r and a web server's URL do not go together"
                                                : "-r and - do not go together");
  if (Result<void> fine = check_put_options(args, command.to); !fine) return unexpected(fine.error());
  if (Result<void> completed = complete(command); !completed) return unexpected(completed.error());
  Result<bulk::Filter> filter = read_filter(args);
  if (!filter) return unexpected(filter.error());
  if (!filter->empty() && !command.tree) return unexpected(filters_need_a_tree());
  command.filter = *std::move(filter);
  return command;
}

Result<Session> open_copy_session(Context& context, const CopyCommand& command) {
  Result<Session> session = open_ends(context, command);
  if (!session) return session;
  if (Result<void> read = read_put_options(context.args, session->transfer); !read)
    return unexpected(read.error());
  if (!command.filter.empty()) session->transfer.tree = wishes_of(command.filter);
  return session;
}

Transfer start_copy(Context& context, Session& session, const CopyCommand& command, TransferOptions options) {
  const Location &from = command.from, &to = command.to;
  Client& client = session.client;
  Store &source = session.stores.front(), &target = session.stores.back();
  if (!from.is_object() && command.tree)
    return client.upload_tree(from.path, target, to.bucket, to.key, std::move(options));
  if (!from.is_object()) {
    Source bytes = from.kind == Kind::standard ? standard_input(context.interrupt)
                   : from.kind == Kind::web    ? Source::url(from.path)
                                               : Source::file(from.path);
    return client.upload(std::move(bytes), target, to.bucket, to.key, std::move(options));
  }
  if (to.is_object() && command.tree)
    return client.copy_tree(source, from.bucket, from.key, target, to.bucket, to.key, std::move(options));
  if (to.is_object())
    return client.copy(source, from.bucket, from.key, target, to.bucket, to.key, std::move(options));
  if (command.tree) return client.download_tree(source, from.bucket, from.key, to.path, std::move(options));
  Sink sink = to.kind == Kind::standard ? standard_output(context.output) : Sink::file(to.path);
  return client.download(source, from.bucket, from.key, std::move(sink), std::move(options));
}

int run_copy(Context& context, Session& session, const CopyCommand& command) {
  if (command.to.kind == Kind::standard) context.output.take_stdout();
  if (command.to.kind == Kind::file && !command.tree)
    if (Result<void> made = io::mkdir_parents(command.to.path); !made)
      return report_failure(context, made.error());
  const char* done = !command.from.is_object() ? "uploaded"
                     : command.to.is_object()  ? "copied"
                                               : "downloaded";
  // Of what passes a filter there may be nothing.
  const bool wants_objects = command.tree && command.from.is_object() && command.filter.empty();
  Running running{done,         command.from.text(), command.to.text(),
                  command.tree, !command.streams(),  wants_objects};
  return run_transfer(context, session, std::move(running), [&](TransferOptions options) {
    return start_copy(context, session, command, std::move(options));
  });
}

}  // namespace sluice::cli
