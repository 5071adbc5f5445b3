// sluice props get|set KIND URL: ACLs, user metadata, tags and storage classes. property.h has the kinds.
#include <algorithm>

#include "cli/change_objects.h"
#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/planned.h"
#include "cli/property.h"

namespace sluice::cli {
namespace {

/// Of an object, or of a bucket where there is no key.
Result<Location> read_url(const Args& args) {
  Result<Location> at = parse_url(args.get("URL"));
  if (at && at->bucket.empty()) at = parse_bucket(args.get("URL"));
  return at;
}

JsonLine begun(const char* event, const Property& property) {
  JsonLine json;
  json.text("event", event).text("kind", property.name);
  return json;
}

int get(Context& context) {
  const Result<Location> at = read_url(context.args);
  if (!at) return report_failure(context, at.error());
  const Result<const Property*> property = find_property(context.args.get("KIND"), at->key.empty());
  if (!property) return report_failure(context, property.error());
  Result<Session> session = open_session(context, *at);
  if (!session) return report_failure(context, session.error());
  JsonLine json = begun("property", **property);
  Result<ToldProperty> told = (*property)->get(session->store(), *at, json.text("url", at->text()),
                                               context.output.data_terminal());
  if (!told) return report_failure(context, told.error());
  const Result<void> written = context.output.data(
      context.output.json() ? context.output.row(add_reply(told->json, told->reply)) : told->text);
  return written ? kDone : report_failure(context, written.error());
}

/// The words that set it so, but for the URL.
std::vector<std::string> command_words(const Args& args, const Location& at) {
  std::vector<std::string> words = {"props", "set"};
  for (const std::string& grant : args.all("grant")) words.insert(words.end(), {"--grant", grant});
  if (args.has("none")) words.push_back("--none");
  const std::vector<std::string> values = args.all("VALUE");
  if (std::any_of(values.begin(), values.end(), [](const auto& value) { return value.starts_with('-'); }))
    words.push_back("--");
  words.insert(words.end(), {args.get("KIND"), at.word()});
  words.insert(words.end(), values.begin(), values.end());
  return words;
}

int set(Context& context) {
  const bool recursive = context.args.has("recursive");
  const Result<Location> at = read_url(context.args);
  if (!at) return report_failure(context, at.error());
  const Result<const Property*> property =
      find_property(context.args.get("KIND"), at->key.empty() && !recursive);
  if (!property) return report_failure(context, property.error());
  const Result<SetProperty> apply = read_change(**property, context.args);
  if (!apply) return report_failure(context, apply.error());
  return change_objects(
      context, *at,
      {.operation = "set " + context.args.get("KIND"),
       .done = "changed",
       .event = begun("property_set", **property),
       .command = [&](const Location& one) { return command_words(context.args, one); },
       .apply = *apply});
}

}  // namespace

Verb props_get_verb() {
  return {
      .name = "props get",
      .aliases = {},
      .summary = "tell the ACL, metadata, tags or class of an object or bucket",
      .details =
          "Tags and metadata are told as NAME=VALUE, a line each, as props set takes them. A class of - is\n"
          "the store's usual one. A bucket has acl and tags.",
      .examples = {"sluice props get acl oss://bucket", "sluice props get tags --json s3://bucket/key"},
      .operands = {{"KIND", "acl, meta, tags or class"}, {"URL", "scheme://bucket[/key]"}},
      .options = {},
      .shares = Shares::store,
      .in_run = true,
      .run = get,
  };
}

Verb props_set_verb() {
  return {
      .name = "props set",
      .aliases = {},
      .summary = "set the ACL, metadata, tags or class of an object or bucket",
      .details =
          "What is given replaces what was there:\n"
          "  acl    a word (private, public-read, ...), or all grants, the owner's own as well\n"
          "  meta   NAME=VALUE ..., the user's own metadata, or --none\n"
          "  tags   NAME=VALUE ..., or --none\n"
          "  class  a word (Standard, IA, STANDARD_IA, ...)\n"
          "Words are the store's own. A bucket has acl and tags.",
      .examples = {"sluice props set acl qs://bucket --grant everyone:READ --grant usr-abc:FULL_CONTROL",
                   "sluice props set tags oss://bucket/key team=blue cost=1"},
      .operands = {{"KIND", "acl, meta, tags or class"},
                   {"URL", "scheme://bucket[/key]"},
                   {"VALUE", "a word, or NAME=VALUE as often as needed", 0, 10000}},
      .options = {{"--grant", "TO:PERMISSION",
                   "acl: TO is everyone, authenticated or a user's id, PERMISSION the store's word", true},
                  {"--none", "", "meta, tags: remove all"},
                  recursive_option(),
                  dry_run_option()},
      .shares = Shares::store,
      .in_run = true,
      .run = set,
  };
}

}  // namespace sluice::cli
