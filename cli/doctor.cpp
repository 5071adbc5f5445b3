// sluice doctor URL: what stands between this machine and a store, one check after the other, and what to do.
//
// Each check needs what the one before it has found; the first that fails ends them.
#include <chrono>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

/// What the checks find, for those that follow.
struct Patient {
  Context& context;
  Location at;
  std::optional<Config> config{};
  AskedKeys asked{};
  std::optional<StoreSettings> settings{};
  std::vector<std::string> warnings{};  ///< of the check that runs
};

/// A line to say, or what is wrong.
using Finding = Result<std::string>;

Finding check_configuration(Patient& patient) {
  Result<Config> config = load_config(patient.context.env);
  if (!config) return unexpected(config.error());
  patient.warnings = config->warnings;
  patient.config = *std::move(config);
  if (!patient.config->exists) return patient.config->file + " is not there, and need not be";
  return fmt::format("{}, {} profiles", patient.config->file, patient.config->profiles.size());
}

std::string until(TimePoint end) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(end - std::chrono::system_clock::now());
  if (left.count() <= 0) return "which have ended at " + format_time(end) + " by this machine's clock";
  return "which end in " + format_duration(left);
}

Finding check_credentials(Patient& patient) {
  const Lookup lookup{patient.context.args, *patient.config, patient.context.env, &patient.asked};
  Result<StoreSettings> found = resolve_store(lookup, patient.at.scheme, patient.at.profile, Side::only);
  if (!found) return unexpected(found.error());
  patient.warnings = found->warnings;
  patient.settings = *std::move(found);
  const StoreSettings& settings = *patient.settings;
  if (const Result<StoreOptions> options = store_options(settings, *patient.config); !options)
    return unexpected(options.error());
  std::string text = fmt::format("{} from {}", masked(settings.access_key.value), settings.access_key.origin);
  if (settings.security_token.set()) text += ", temporary";
  if (settings.expires) text += ", " + until(*settings.expires);
  if (settings.renew) text += ", renewed when they end";
  return text;
}

Finding check_store(Patient& patient) {
  const Result<StoreOptions> options = store_options(*patient.settings, *patient.config);
  if (!options) return unexpected(options.error());
  const Result<Tuning> tuned = tuning(resolve_knobs(
      {patient.context.args, *patient.config, patient.context.env, &patient.asked}, {*patient.settings}));
  if (!tuned) return unexpected(tuned.error());
  Result<Client> client = Client::open(tuned->client);
  if (!client) return unexpected(client.error());
  Result<Store> store = client->store(*options);
  if (!store) return unexpected(store.error());
  const std::string& bucket = patient.at.bucket;
  if (bucket.empty()) {
    const auto buckets = store->list_buckets();
    if (!buckets) return unexpected(buckets.error());
    return fmt::format("it answers, and shows {} buckets", buckets->buckets.size());
  }
  if (const Result<void> answer = store->head_bucket(bucket); !answer) return unexpected(answer.error());
  return store->url(bucket, "") + " answers";
}

struct Check {
  const char* name;
  Finding (*run)(Patient&);
};
constexpr Check kChecks[] = {
    {"configuration", check_configuration}, {"credentials", check_credentials}, {"store", check_store}};

Result<void> tell(Output& output, const char* check, const char* result, const std::string& text) {
  return output.data(output.json() ? JsonLine()
                                         .text("event", "check")
                                         .text("name", check)
                                         .text("result", result)
                                         .text("message", text)
                                         .str()
                                   : fmt::format("{:8} {:14} {}\n", result, check, printable(text)));
}

int run(Context& context) {
  std::string text = context.args.get("URL");
  if (!known_scheme(text).empty()) text += "://";
  const Result<Location> at = parse_url(text);
  if (!at) return report_failure(context, at.error());
  Patient patient{context, *at};
  for (const Check& check : kChecks) {
    patient.warnings.clear();
    const Finding found = check.run(patient);
    Result<void> written;
    for (const std::string& warning : patient.warnings)
      if (written) written = tell(context.output, check.name, "warning", warning);
    if (written)
      written = tell(context.output, check.name, found ? "ok" : "failed",
                     found ? *found : found.error().describe());
    if (!written) return report_failure(context, written.error());
    if (!found) return exit_code(found.error());
  }
  return kDone;
}

}  // namespace

Verb doctor_verb() {
  return {.name = "doctor",
          .aliases = {},
          .summary = "checks what a store needs, and says what to do",
          .details =
              "One line a check: the configuration, where the keys come from and how long they hold, and "
              "whether\n"
              "the store answers to them. The exit code is that of the first that fails.",
          .examples = {"sluice doctor oss://my-bucket", "sluice doctor s3://prod@ --json"},
          .operands = {{"URL", "a bucket, or a scheme for the store alone"}},
          .options = {},
          .shares = Shares::store,
          .run = run};
}

}  // namespace sluice::cli
