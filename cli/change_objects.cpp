#include "cli/change_objects.h"

#include "cli/at_once.h"
#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/pages.h"
#include "cli/planned.h"
#include "cli/tally.h"

namespace sluice::cli {
namespace {

void tell(Context& context, const Location& at, const ObjectChange& change, const Reply& reply) {
  JsonLine event = change.event;
  context.output.event(add_reply(event.text("url", at.text()), reply));
}

/// Those of a page that are meant.
std::vector<Location> wanted_of(const ListPage& page, const Location& at, const ObjectChange& change) {
  std::vector<Location> all;
  for (const ObjectInfo& object : page.objects) {
    if (change.wanted && !change.wanted(object)) continue;
    all.push_back(at);
    all.back().key = object.key;
  }
  return all;
}

int change_below(Context& context, Session& session, const Location& at, const ObjectChange& change) {
  Store& store = session.store();
  Tally tally(context);
  const auto apply = [&](const Location& one) {
    const Result<Reply> reply = change.apply(store, one);
    if (!reply) return tally.failed(reply.error());
    tally.done();
    tell(context, one, change, *reply);
  };
  const auto show = [&](const std::vector<Location>& all) {
    std::string text;
    for (const Location& one : all) text += planned(context.output, change.command(one));
    return context.output.data(text);
  };
  bool any = false;
  const Result<void> listed =
      each_page(store, at.bucket, {.prefix = at.key}, [&](ListPage& page) -> Result<void> {
        const std::vector<Location> all = wanted_of(page, at, change);
        any = any || !all.empty();
        if (is_dry_run(context)) return show(all);
        at_once(all.size(), session.objects_at_once, [&](std::size_t i) { apply(all[i]); });
        return {};
      });
  if (!listed) return report_failure(context, listed.error());
  if (!any && !at.key.empty()) return report_failure(context, nothing_there(change.operation, at));
  return is_dry_run(context) ? kDone : tally.report(change.done);
}

}  // namespace

Option recursive_option() {
  return {"-r,--recursive", "", "all that is below the URL"};
}

int change_one(Context& context, Store& store, const Location& at, const ObjectChange& change) {
  if (is_dry_run(context)) {
    const Result<void> shown = context.output.data(planned(context.output, change.command(at)));
    return shown ? kDone : report_failure(context, shown.error());
  }
  const Result<Reply> reply = change.apply(store, at);
  if (!reply) return report_failure(context, reply.error());
  tell(context, at, change, *reply);
  return kDone;
}

int change_objects(Context& context, const Location& at, const ObjectChange& change) {
  Result<Session> session = open_session(context, at);
  if (!session) return report_failure(context, session.error());
  if (context.args.has("recursive")) return change_below(context, *session, below(at), change);
  return change_one(context, session->store(), at, change);
}

}  // namespace sluice::cli
