// Jobs as they were asked for: job_command.h.
#include "cli/job_command.h"

#include <filesystem>

#include <fmt/format.h>

#include "cli/filter_options.h"
#include "cli/pages.h"
#include "cli/put_options.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

Result<Location> read_end(const std::string& text) {
  Result<Location> at = parse_location(text);
  if (!at) return at;
  if (at->kind == Location::Kind::standard)
    return fail(ErrorKind::argument, "- has nothing below it", "name a directory or a prefix");
  if (at->is_object()) {
    if (at->bucket.empty()) return names_no_bucket(*at);
    return below(*std::move(at));
  }
  // A job may go on another day, from another directory.
  std::error_code failed;
  const fs::path full = fs::absolute(at->path, failed).lexically_normal();
  if (!failed) at->path = full.string();
  while (at->path.size() > 1 && at->path.back() == '/') at->path.pop_back();
  return at;
}

bool inside(const Location& one, const Location& other) {
  return one.is_object() && other.is_object() && one.scheme == other.scheme && one.bucket == other.bucket &&
         one.key.starts_with(other.key);
}

Result<void> check_ends(const JobCommand& command) {
  const auto& [from, to] = std::tie(command.from, command.to);
  if (!from.is_object() && !to.is_object())
    return fail(ErrorKind::argument, "neither of the two is in a store", "two directories: rsync");
  const bool one_store = from.profile == to.profile && (inside(from, to) || inside(to, from));
  if (one_store && (command.remove || from.key == to.key))
    return fail(ErrorKind::argument, fmt::format("{} and {} overlap", from.text(), to.text()),
                "choose prefixes of which none is below the other");
  std::error_code ignored;
  if (!from.is_object() && !fs::is_directory(from.path, ignored)) {
    Error none =
        make_error(ErrorKind::disk, fs::exists(from.path, ignored) ? "not a directory" : "nothing there",
                   "cp takes a single file");
    none.target = from.path;
    none.system_error = ENOENT;
    return unexpected(std::move(none));
  }
  if (!to.is_object() && fs::exists(to.path, ignored) && !fs::is_directory(to.path, ignored))
    return fail(ErrorKind::argument, fmt::format("\"{}\" is no directory", printable(to.path)));
  return {};
}

Result<void> read_source_list(const Args& args, JobCommand& command) {
  command.files_from = args.get("files_from");
  command.nul = args.has("null");
  command.inventory = args.get("inventory");
  command.listing = args.get("listing");
  const int lists = int{args.has("files_from")} + int{args.has("inventory")} + int{args.has("listing")};
  if (lists > 1)
    return fail(ErrorKind::argument, "--files-from, --inventory and --listing are three lists of one source",
                "give one of them");
  if (!command.files_from.empty() && command.remove)
    return fail(ErrorKind::argument, "--delete would delete what --files-from does not name",
                "leave one of the two out");
  if (!command.inventory.empty() && !command.from.is_object())
    return fail(ErrorKind::argument, "an inventory is of a store, and SRC is a directory");
  return {};
}

std::string wishes_of(const Verb& verb, const Args& args) {
  std::string text = verb.name;
  for (const std::vector<Option>& options : {verb.options, verb.selection, filter_options()})
    for (const Option& option : options) {
      const std::string name = option_name(option.flags);
      if (name == "report" || name == "dry_run") continue;
      for (const std::string& value : args.all(name)) text += fmt::format(" {}={}", name, value);
    }
  for (const std::string& word : put_option_words(args)) text += " " + word;
  return text;
}

Result<Session> open_ends(Context& context, const Location& from, const Location& to) {
  if (!from.is_object()) return open_session(context, to);
  if (!to.is_object()) return open_session(context, from);
  return open_session(context,
                      {{from.scheme, from.profile, Side::source}, {to.scheme, to.profile, Side::target}});
}

}  // namespace

std::vector<Option> job_options() {
  return {
      {"--delete", "", "delete what the target has alone, when all else is done"},
      {"--max-delete", "N|N%", "the most that may be deleted, of the target's names (50%)"},
      {"--report", "DIR", "write there what became of each object, and a summary"},
      {"--dry-run", "", "change nothing: show each step, and why"},
  };
}

std::vector<Option> job_selection() {
  return {
      {"--size-only", "", "copy where sizes differ, whatever the times"},
      {"--checksum", "", "compare contents, whatever the times: by checksums that both sides tell"},
      {"-u,--update", "", "leave alone what is newer at the target"},
      no_clobber_option(),
      {"--files-from", "FILE", "only these names, one a line; - is standard input"},
      {"-0,--null", "", "names of --files-from end with a NUL"},
      {"--inventory", "FILE", "a vendor's inventory (manifest.json or CSV) in the place of listing SRC"},
      {"--listing", "FILE", "a listing of SRC that ls --save-listing has kept, in the place of listing it"},
  };
}

Result<JobCommand> read_job_command(const Verb& verb, const Args& args) {
  JobCommand command;
  command.verb = verb.name;
  Result<Location> from = read_end(args.get("SRC"));
  if (!from) return unexpected(from.error());
  Result<Location> to = read_end(args.get("DST"));
  if (!to) return unexpected(to.error());
  command.from = *std::move(from);
  command.to = *std::move(to);
  command.comparison = {.size_only = args.has("size_only"),
                        .checksum = args.has("checksum"),
                        .update = args.has("update"),
                        .no_clobber = args.has("no_clobber")};
  const Result<bulk::FilterRules> rules = read_filter_rules(args);
  if (!rules) return unexpected(rules.error());
  Result<bulk::Filter> filter = bulk::Filter::make(*rules);
  if (!filter) return unexpected(filter.error());
  command.filter = *std::move(filter);
  command.remove = args.has("delete");
  if (Result<void> read = read_source_list(args, command); !read) return unexpected(read.error());
  if (args.has("max_delete")) {
    const Result<bulk::RemovalLimit> limit = bulk::RemovalLimit::parse(args.get("max_delete"));
    if (!limit) return unexpected(limit.error().with("--max-delete", ""));
    command.removal_limit = *limit;
  }
  command.report = args.get("report");
  command.wishes = wishes_of(verb, args);
  // In their order, and as the files say that the options name.
  for (const bulk::FilterRule& rule : rules->rules)
    command.wishes += fmt::format(" {}{}", rule.take ? '+' : '-', rule.pattern);
  if (Result<void> fine = check_put_options(args); !fine) return unexpected(fine.error());
  const std::string stored = put_option_given(args);
  if (!stored.empty() && !command.to.is_object())
    return fail(ErrorKind::argument, stored + " is of objects, and the target is a directory");
  if (Result<void> fine = check_ends(command); !fine) return unexpected(fine.error());
  return command;
}

Result<Session> open_job_session(Context& context, const JobCommand& command) {
  Result<Session> session = open_ends(context, command.from, command.to);
  if (!session) return session;
  if (Result<void> read = read_put_options(context.args, session->transfer); !read)
    return unexpected(read.error());
  return session;
}

}  // namespace sluice::cli
