// sluice restore URL: brings archived objects back for some days.
#include <fmt/format.h>

#include "cli/change_objects.h"
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/units.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kMostDays = 36500;

std::vector<std::string> command_words(const Args& args, const Location& at) {
  std::vector<std::string> words = {"restore"};
  for (const char* name : {"days", "tier"})
    if (args.has(name)) words.insert(words.end(), {fmt::format("--{}", name), args.get(name)});
  words.push_back(at.word());
  return words;
}

int run(Context& context) {
  const Args& args = context.args;
  const bool recursive = args.has("recursive");
  Result<Location> at = recursive ? parse_url(args.get("URL")) : parse_object(args.get("URL"));
  if (at && at->bucket.empty()) at = parse_bucket(args.get("URL"));
  if (!at) return report_failure(context, at.error());
  const Result<std::uint64_t> days = parse_count(args.get("days", "1"), 1, kMostDays);
  if (!days) return report_failure(context, days.error().with("--days", ""));
  if (args.has("class") && !recursive)
    return report_failure(context, make_error(ErrorKind::argument, "--class chooses from many",
                                              "-r takes all below a prefix"));

  const auto apply = [&](Store& store, const Location& one) {
    Result<Reply> reply =
        Object(store, one.bucket, one.key).restore(static_cast<unsigned>(*days), args.get("tier"));
    if (reply && !recursive && !context.output.json())
      context.output.say(reply->status == 202 ? "the restore has begun" : "it is restored already");
    return reply;
  };
  const auto wanted = [&](const ObjectInfo& object) {
    return !args.has("class") || object.storage_class == args.get("class");
  };
  return change_objects(context, *at,
                        {.operation = "restore",
                         .done = "restored",
                         .event = JsonLine().text("event", "restored"),
                         .command = [&](const Location& one) { return command_words(args, one); },
                         .apply = apply,
                         .wanted = wanted});
}

}  // namespace

Verb restore_verb() {
  return {
      .name = "restore",
      .aliases = {},
      .summary = "bring archived objects back for some days",
      .details =
          "Until then an object of an archive class cannot be read. It takes the store minutes to hours; in\n"
          "--json its status is 202 when it begins, and 200 for what is back already.",
      .examples = {"sluice restore oss://bucket/2019.tar --days 7",
                   "sluice restore -r --class GLACIER --tier Bulk s3://bucket/2019/"},
      .operands = {{"URL", "scheme://bucket/key"}},
      .options = {{"--days", "N", "how long it stays (default 1)"},
                  {"--tier", "T", "how fast it comes: Expedited, Standard, Bulk (default: the store's)"},
                  {"--class", "C", "with -r: objects of this storage class alone"},
                  recursive_option(),
                  dry_run_option()},
      .shares = Shares::store,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
