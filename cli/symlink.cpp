// sluice symlink TARGET URL and sluice readlink URL: keys that stand for others, where stores have them.
#include <fmt/format.h>

#include "cli/change_objects.h"
#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/planned.h"
#include "cli/units.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

/// TARGET is a key, or the URL of one. A link never leaves its bucket.
Result<Location> read_target(const std::string& text, const Location& link) {
  Location target = link;
  target.key = text;
  if (text.find("://") != std::string::npos) {
    Result<Location> named = parse_object(text);
    if (!named) return named;
    if (!same_dialect(named->scheme, link.scheme) || named->bucket != link.bucket)
      return fail(ErrorKind::argument, fmt::format("\"{}\" is in another bucket", printable(text)),
                  "a link leads to a key of its own bucket");
    target.key = named->key;
  }
  if (target.key.empty()) return fail(ErrorKind::argument, "the target has no name");
  return target;
}

int make(Context& context) {
  const Result<Location> link = parse_object(context.args.get("URL"));
  if (!link) return report_failure(context, link.error());
  const Result<Location> target = read_target(context.args.get("TARGET"), *link);
  if (!target) return report_failure(context, target.error());
  return change_objects(context, *link,
                        {.operation = "symlink",
                         .done = "linked",
                         .event = JsonLine().text("event", "symlink").text("target", target->key),
                         .command =
                             [&](const Location& one) {
                               return std::vector<std::string>{"symlink", target->word(), one.word()};
                             },
                         .apply =
                             [&](Store& store, const Location& one) {
                               return Object(store, one.bucket, one.key).set_symlink(target->key);
                             }});
}

int read(Context& context) {
  const Result<Location> link = parse_object(context.args.get("URL"));
  if (!link) return report_failure(context, link.error());
  Result<Session> session = open_session(context, *link);
  if (!session) return report_failure(context, session.error());
  const Result<Answered<std::string>> target =
      Object(session->store(), link->bucket, link->key).symlink();
  if (!target) return report_failure(context, target.error());
  JsonLine event;
  event.text("event", "symlink").text("target", target->value).text("url", link->text());
  const std::string key = context.output.data_terminal() ? printable(target->value) : target->value;
  const Result<void> written = context.output.data(
      context.output.json() ? context.output.row(add_reply(event, target->reply)) : key + "\n");
  return written ? kDone : report_failure(context, written.error());
}

}  // namespace

Verb symlink_verb() {
  return {
      .name = "symlink",
      .aliases = {},
      .summary = "make a key that stands for another",
      .details =
          "Who reads the link reads the target, which need not be there yet. What the key held is gone.\n"
          "sluice readlink tells where a link leads.",
      .examples = {"sluice symlink releases/1.7.tar oss://bucket/latest.tar",
                   "sluice symlink tos://bucket/a tos://bucket/b"},
      .operands = {{"TARGET", "a key of the same bucket, or its URL"}, {"URL", "scheme://bucket/key"}},
      .options = {dry_run_option()},
      .shares = Shares::store,
      .in_run = true,
      .run = make,
  };
}

Verb readlink_verb() {
  return {
      .name = "readlink",
      .aliases = {"read-symlink"},
      .summary = "tell where a symbolic link leads",
      .details = "Prints the key of the target, which need not be there.",
      .examples = {"sluice readlink oss://bucket/latest.tar", "sluice readlink --json tos://bucket/b"},
      .operands = {{"URL", "scheme://bucket/key"}},
      .options = {},
      .shares = Shares::store,
      .in_run = true,
      .run = read,
  };
}

}  // namespace sluice::cli
