// sluice mb URL and sluice rb URL: make and remove a bucket.
#include <array>
#include <functional>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/planned.h"
#include "cli/session.h"

namespace sluice::cli {
namespace {

/// What a new bucket may be told, in the vendor's words; the engine knows which store takes what.
struct Property {
  const char *flags, *type, *help;
  std::string BucketOptions::* value;
};
constexpr std::array kProperties = {
    Property{"--acl", "WORD", "private, public-read, ... (not qs)", &BucketOptions::acl},
    Property{"--storage-class", "CLASS", "of what it will hold (oss, cos, tos)", &BucketOptions::storage_class},
    Property{"--redundancy", "WORD", "oss: LRS, ZRS; cos: MAZ; tos: single-az, multi-az",
             &BucketOptions::redundancy},
    Property{"--type", "WORD", "cos: OFS; tos: fns, hns", &BucketOptions::type},
};

std::vector<Option> property_options() {
  std::vector<Option> options;
  for (const Property& each : kProperties) options.push_back({each.flags, each.type, each.help});
  options.push_back(dry_run_option());
  return options;
}

Result<BucketOptions> read_properties(const Args& args) {
  BucketOptions options;
  for (const Property& each : kProperties) {
    const std::string name = option_name(each.flags);
    if (!args.has(name)) continue;
    options.*each.value = args.get(name);
    if (args.get(name).empty())
      return fail(ErrorKind::argument, fmt::format("{}: an empty word", each.flags),
                  "leave the option out for what is usual in the store");
  }
  return options;
}

/// The options that say the same again.
std::vector<std::string> words_of(const BucketOptions& options) {
  std::vector<std::string> words;
  for (const Property& each : kProperties)
    if (const std::string& value = options.*each.value; !value.empty())
      words.insert(words.end(), {each.flags, value});
  return words;
}

/// `words`: of the command that does the same.
int on_bucket(Context& context, const Location& at, const std::vector<std::string>& words,
              const std::function<Result<Reply>(Store&)>& act, const char* event) {
  if (is_dry_run(context)) {
    const Result<void> shown = context.output.data(planned(context.output, words));
    return shown ? kDone : report_failure(context, shown.error());
  }
  Result<Session> session = open_session(context, at);
  if (!session) return report_failure(context, session.error());
  const Result<Reply> done = act(session->store());
  if (!done) return report_failure(context, done.error());
  JsonLine line;
  line.text("event", event).text("url", at.text());
  context.output.event(add_reply(line, *done));
  return kDone;
}

int make(Context& context) {
  const Result<Location> at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  const Result<BucketOptions> options = read_properties(context.args);
  if (!options) return report_failure(context, options.error());
  std::vector<std::string> words = words_of(*options);
  words.insert(words.begin(), {"mb", at->word()});
  const auto act = [&](Store& store) { return store.create_bucket(at->bucket, *options); };
  return on_bucket(context, *at, words, act, "bucket_made");
}

int remove(Context& context) {
  const Result<Location> at = parse_bucket(context.args.get("URL"));
  if (!at) return report_failure(context, at.error());
  const auto act = [&](Store& store) { return store.delete_bucket(at->bucket); };
  return on_bucket(context, *at, {"rb", at->word()}, act, "bucket_removed");
}

}  // namespace

Verb mb_verb() {
  return {.name = "mb",
          .aliases = {},
          .summary = "make a bucket",
          .details = "What is left out is as usual in the store. Words are the vendor's own.",
          .examples = {"sluice mb oss://bucket --region cn-hangzhou --storage-class IA --redundancy ZRS",
                       "sluice mb cos://bucket-1250000000"},
          .operands = {{"URL", "scheme://bucket"}},
          .options = property_options(),
          .shares = Shares::store,
          .in_run = true,
          .run = make};
}

Verb rb_verb() {
  return {.name = "rb",
          .aliases = {},
          .summary = "remove an empty bucket",
          .details = "",
          .examples = {"sluice rb oss://bucket", "sluice rb --dry-run s3://bucket"},
          .operands = {{"URL", "scheme://bucket"}},
          .options = {dry_run_option()},
          .shares = Shares::store,
          .in_run = true,
          .run = remove};
}

}  // namespace sluice::cli
