// sluice rm URL...: deletes objects; with -r all that are below a prefix. Asks nothing.
//
// Stores answer a delete of a missing key with success, so a single object is looked for first: a
// mistyped name ends with "not found". Below a prefix the listing itself says what is there.
#include "cli/exit_code.h"
#include "cli/filter_options.h"
#include "cli/pages.h"
#include "cli/planned.h"
#include "cli/remove_keys.h"
#include "cli/session.h"
#include "cli/tally.h"

namespace sluice::cli {
namespace {

/// Pages of what is below `at`, without what the filter leaves out.
Result<void> each_admitted(Store& store, const Location& at, const bulk::Filter& filter,
                           const std::function<Result<void>(ListPage&)>& use) {
  return each_page(store, at.bucket, {.prefix = at.key}, [&](ListPage& page) {
    std::erase_if(page.objects, [&](const ObjectInfo& object) {
      return !filter.admits(std::string_view(object.key).substr(at.key.size()), object.size, object.modified);
    });
    return use(page);
  });
}

/// Nothing is asked of the store but what is there.
Result<std::uint64_t> show_below(Context& context, Store& store, const Location& at,
                                 const bulk::Filter& filter) {
  std::uint64_t shown = 0;
  const Result<void> listed = each_admitted(store, at, filter, [&](ListPage& page) {
    std::string text;
    for (const ObjectInfo& object : page.objects) {
      Location one = at;
      one.key = object.key;
      text += planned(context.output, {"rm", one.word()}, object.size);
    }
    shown += page.objects.size();
    return context.output.data(text);
  });
  if (!listed) return unexpected(listed.error());
  return shown;
}

int remove_below(Context& context, Store& store, const Location& at, const bulk::Filter& filter) {
  // Nothing below a prefix is a mistyped one; nothing that passes a filter may well be so.
  const bool may_be_nothing = at.key.empty() || !filter.empty();
  if (is_dry_run(context)) {
    const Result<std::uint64_t> shown = show_below(context, store, at, filter);
    if (!shown) return report_failure(context, shown.error());
    return *shown > 0 || may_be_nothing ? kDone : report_failure(context, nothing_there("delete", at));
  }
  Tally tally(context);
  const auto told = [&](const std::string& key, const Result<void>& removed) {
    if (!removed) return tally.failed(removed.error());
    tally.done();
    Location one = at;
    one.key = key;
    context.output.event(JsonLine().text("event", "deleted").text("url", one.text()));
  };
  const Result<void> listed = each_admitted(store, at, filter, [&](ListPage& page) {
    std::vector<std::string> keys;
    for (const ObjectInfo& object : page.objects) keys.push_back(object.key);
    remove_keys(store, at.bucket, keys, told);
    return Result<void>();
  });
  if (!listed) return report_failure(context, listed.error());
  if (tally.nothing() && !may_be_nothing) return report_failure(context, nothing_there("delete", at));
  return tally.report("deleted");
}

int remove_one(Context& context, Store& store, const Location& at) {
  const Result<ObjectInfo> there = store.head(at.bucket, at.key);
  if (!there) return report_failure(context, there.error());
  if (is_dry_run(context)) {
    const Result<void> shown = context.output.data(planned(context.output, {"rm", at.word()}, there->size));
    return shown ? kDone : report_failure(context, shown.error());
  }
  const Result<void> removed = store.remove(at.bucket, at.key);
  if (!removed) return report_failure(context, removed.error());
  context.output.event(JsonLine().text("event", "deleted").text("url", at.text()));
  return kDone;
}

int run(Context& context) {
  const bool recursive = context.args.has("recursive");
  const Result<bulk::Filter> filter = read_filter(context.args);
  if (!filter) return report_failure(context, filter.error());
  if (!recursive && !filter->empty()) return report_failure(context, filters_need_a_tree());
  std::vector<Location> all;
  for (const std::string& text : context.args.all("URL")) {
    Result<Location> at = recursive ? parse_url(text) : parse_object(text);
    if (at && at->bucket.empty()) at = parse_bucket(text);
    if (!at) return report_failure(context, at.error());
    all.push_back(*std::move(at));
  }
  int code = kDone;
  for (const Location& at : all) {
    Result<Session> session = open_session(context, at);
    if (!session) return report_failure(context, session.error());
    const int one = recursive ? remove_below(context, session->store(), below(at), *filter)
                              : remove_one(context, session->store(), at);
    // Of several, the first failure's code would claim too much.
    if (one != kDone) code = all.size() == 1 ? one : kSomeFailed;
  }
  return code;
}

}  // namespace

Verb rm_verb() {
  return {
      .name = "rm",
      .aliases = {"delete", "del"},
      .summary = "delete objects",
      .details = "Nothing is asked. rm -r scheme://bucket/logs deletes what is below logs/.",
      .examples = {"sluice rm oss://bucket/key", "sluice rm -r --dry-run s3://bucket/logs/"},
      .operands = {{"URL", "scheme://bucket/key", 1, 10000}},
      .options = {{"-r,--recursive", "", "all that is below the URL"}, dry_run_option()},
      .shares = Shares::store,
      .filters = true,
      .in_run = true,
      .run = run,
  };
}

}  // namespace sluice::cli
