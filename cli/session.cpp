// Opens what a verb needs: session.h.
#include "cli/session.h"

#include <set>

#include "cli/exit_code.h"
#include "cli/process.h"

namespace sluice::cli {

namespace {

/// Threads that wait for a transfer cost little; requests are bounded by the client.
constexpr unsigned kObjectsAtOnce = 32;

Session session_of(std::shared_ptr<Client> client, const Tuning& tuning) {
  Client& it = *client;
  const unsigned jobs = tuning.client.jobs;
  return {std::move(client), it, {}, tuning.transfer, tuning.transfer.resume, jobs ? jobs : kObjectsAtOnce};
}

}  // namespace

Result<Config> read_config(Context& context) {
  return context.process.config(context.output);
}

Result<SessionPlan> plan_session(Context& context, const std::vector<Wanted>& wanted) {
  const Result<Config> config = read_config(context);
  if (!config) return unexpected(config.error());
  const Lookup lookup{context.args, *config, context.env, &context.process.asked()};

  SessionPlan plan;
  plan.config_file = config->file;
  std::set<std::string> told;
  for (const Wanted& each : wanted) {
    const Result<StoreSettings> found = resolve_store(lookup, each.scheme, each.profile, each.side);
    if (!found) return unexpected(found.error());
    for (const std::string& warning : found->warnings)
      if (told.insert(warning).second) context.output.warn(warning);
    Result<StoreOptions> checked = store_options(*found, *config);
    if (!checked) return unexpected(checked.error());
    plan.settings.push_back(*found);
    plan.stores.push_back(*std::move(checked));
  }

  // Of two profiles that differ, the target's counts: its store's limits are the ones to meet.
  const std::vector<StoreSettings> target_first(plan.settings.rbegin(), plan.settings.rend());
  const Result<Tuning> tuned = tuning(resolve_knobs(lookup, target_first));
  if (!tuned) return unexpected(tuned.error());
  plan.tuning = *tuned;
  return plan;
}

Result<Session> open_session(const SessionPlan& plan) {
  ClientOptions options = plan.tuning.client;
  options.limits = {};
  Result<Client> client = Client::open(std::move(options));
  if (!client) return unexpected(client.error());
  Session session = session_of(std::make_shared<Client>(*std::move(client)), plan.tuning);
  for (const StoreOptions& each : plan.stores) {
    Result<Store> store = session.client.store(each);
    if (!store) return unexpected(store.error());
    session.stores.push_back(*store);
  }
  return session;
}

Result<Session> open_session(Context& context, const std::vector<Wanted>& wanted) {
  const Result<SessionPlan> plan = plan_session(context, wanted);
  if (!plan) return unexpected(plan.error());
  Result<Opened> opened = context.process.open(plan->tuning.client, plan->tuning.bandwidth, plan->stores);
  if (!opened) return unexpected(opened.error());
  Session session = session_of(std::move(opened->client), plan->tuning);
  session.stores = std::move(opened->stores);
  session.limits = std::move(opened->limits);
  return session;
}

int report_failure(Context& context, const Error& error) {
  return report_failure(context, error, {});
}

int report_failure(Context& context, const Error& error, const std::string& how_to_go_on) {
  const int signal = context.interrupt.signal();
  const bool interrupted = signal != 0 && error.kind == ErrorKind::cancelled;
  const int code = interrupted ? exit_code_of_signal(signal) : exit_code(error);
  const std::string text =
      interrupted ? "interrupted" + (how_to_go_on.empty() ? "" : "; " + how_to_go_on) : error.describe();
  context.output.fail(text);
  JsonLine event;
  event.text("event", interrupted ? "interrupted" : "error")
      .number("exit_code", static_cast<std::uint64_t>(code))
      .text("message", text);
  if (const ServiceError* service = interrupted ? nullptr : error.service.get())
    event.number("status", static_cast<std::uint64_t>(service->status))
        .text("code", service->code)
        .text_if("request_id", service->request_id)
        .text_if("trace_id", service->trace_id);
  context.output.event(event);
  return code;
}

}  // namespace sluice::cli
