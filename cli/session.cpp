// Opens what a verb needs: session.h.
#include "cli/session.h"

#include <set>

#include "cli/exit_code.h"

namespace sluice::cli {

Result<Config> read_config(Context& context) {
  Result<Config> config = load_config(context.env);
  if (config)
    for (const std::string& warning : config->warnings) context.output.warn(warning);
  return config;
}

Result<SessionPlan> plan_session(Context& context, const std::vector<Wanted>& wanted) {
  const Result<Config> config = read_config(context);
  if (!config) return unexpected(config.error());
  AskedKeys asked;
  const Lookup lookup{context.args, *config, context.env, &asked};

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
  Result<Client> client = Client::open(plan.tuning.client);
  if (!client) return unexpected(client.error());
  Session session{*std::move(client), {}, plan.tuning.transfer, plan.tuning.transfer.resume};
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
  return open_session(*plan);
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
  context.output.event(JsonLine()
                           .text("event", interrupted ? "interrupted" : "error")
                           .number("exit_code", static_cast<std::uint64_t>(code))
                           .text("message", text)
                           .text_if("request_id", error.service ? error.service->request_id : ""));
  return code;
}

}  // namespace sluice::cli
