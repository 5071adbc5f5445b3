// sluice config show [URL]: what is in effect, and where each value came from. Secrets stay masked.
#include <set>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/units.h"
#include "cli/vendors.h"

namespace sluice::cli {
namespace {

class Table {
 public:
  explicit Table(const Output& output) : output_(output) {}
  void row(const std::string& name, const std::string& value, const std::string& origin) {
    if (output_.json())
      text_ += output_.row(
          JsonLine().text("event", "setting").text("name", name).text("value", value).text("origin", origin));
    else
      text_ += fmt::format("{:22} {:34} # {}\n", name, printable(value), printable(origin));
  }
  void setting(const std::string& name, const Setting& setting, const std::string& otherwise) {
    row(name, setting.set() ? setting.value : otherwise, setting.set() ? setting.origin : "default");
  }
  void secret(const std::string& name, const Setting& setting) {
    row(name, setting.set() ? masked(setting.value) : "(unset)", setting.set() ? setting.origin : "default");
  }
  const std::string& text() const { return text_; }

 private:
  const Output& output_;
  std::string text_;
};

void show_store(Table& table, const StoreSettings& store) {
  const std::string at = store.scheme + ".";
  if (!store.profile.empty()) table.row(at + "profile", store.profile, "in use");
  table.setting(at + "endpoint", store.endpoint, "(the vendor's of the region)");
  table.setting(at + "region", store.region, "(unset)");
  table.setting(at + "addressing", store.addressing, "auto");
  if (store.scheme == "cos") table.setting(at + "appid", store.appid, "(unset)");
  if (store.scheme == "s3") table.setting(at + "sign_payload", store.sign_payload, "false");
  if (store.scheme == "oss") table.setting(at + "oss_v1", store.oss_v1, "false");
  if (store.not_asked.set() && !store.access_key.set()) {
    table.row(at + "access_key", "(asked for when needed)", store.not_asked.origin);
    return;
  }
  table.secret(at + "access_key", store.access_key);
  table.secret(at + "secret_key", store.secret_key);
  if (store.security_token.set()) table.secret(at + "security_token", store.security_token);
}

/// The stores to show: the one that was named, else all whose names the vendors differ in.
Result<std::vector<Wanted>> wanted(const Args& args, const Config& config) {
  if (args.has("URL")) {
    std::string text = args.get("URL");
    if (!known_scheme(text).empty()) text += "://";
    const Result<Location> at = parse_url(text);
    if (!at) return unexpected(at.error());
    return std::vector<Wanted>{{at->scheme, at->profile, Side::only}};
  }
  // A profile serves one kind of store: show that one, and not a refusal for each of the others.
  if (const auto profile = config.profiles.find(args.get("profile")); profile != config.profiles.end())
    if (const auto scheme = profile->second.find("scheme"); scheme != profile->second.end())
      if (const std::string known = known_scheme(scheme->second.text); !known.empty())
        return std::vector<Wanted>{{known, "", Side::only}};
  std::vector<Wanted> all;
  for (const Vendor& vendor : vendors()) all.push_back({vendor.scheme, "", Side::only});
  return all;
}

int run(Context& context) {
  const Result<Config> config = read_config(context);
  if (!config) return report_failure(context, config.error());
  const Result<std::vector<Wanted>> stores = wanted(context.args, *config);
  if (!stores) return report_failure(context, stores.error());
  const Lookup lookup{context.args, *config, context.env};

  Table table(context.output);
  table.row("config", config->file, config->exists ? "read" : "not there");
  std::vector<StoreSettings> settings;
  for (const Wanted& each : *stores) {
    Result<StoreSettings> found = resolve_store(lookup, each.scheme, each.profile, each.side);
    if (!found) return report_failure(context, found.error());
    for (const std::string& warning : found->warnings) context.output.warn(warning);
    settings.push_back(*std::move(found));
  }
  // Only a store that was named says which profile tunes the run.
  const std::vector<TunedKnob> tuned =
      resolve_knobs(lookup, stores->size() == 1 ? settings : std::vector<StoreSettings>{});
  for (const TunedKnob& each : tuned) table.setting(each.knob->name, each.setting, each.knob->otherwise);
  for (const StoreSettings& store : settings) show_store(table, store);
  if (const Result<void> written = context.output.data(table.text()); !written)
    return report_failure(context, written.error());

  // Shown first, judged afterwards: who looks for a mistake wants to see it in its place.
  if (const Result<Tuning> checked = tuning(tuned); !checked) return report_failure(context, checked.error());
  return kDone;
}

}  // namespace

Verb config_show_verb() {
  return {
      .name = "config show",
      .aliases = {},
      .summary = "what is in effect, and where each value came from",
      .details =
          "Looked for in this order: the option, the profile that was named, the environment, the profile\n"
          "called like the scheme, the files of the vendor's own tools, [defaults], what sluice bench "
          "measured,\n"
          "what is built in. Keys: then credential_process and the machine's metadata service, which are "
          "named\n"
          "here and not asked.",
      .examples = {"sluice config show", "sluice config show oss://prod@bucket"},
      .operands = {{"URL", "a URL or a scheme; without it all stores", 0, 1}},
      .options = {},
      .shares = Shares::store,
      .run = run};
}

}  // namespace sluice::cli
