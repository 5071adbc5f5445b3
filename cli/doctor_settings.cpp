// What was said to this machine: the configuration, whose keys, and what tunes a run.
#include <fmt/format.h>

#include "cli/doctor.h"
#include "cli/process.h"
#include "cli/units.h"
#include "engine/runtime.h"

namespace sluice::cli {
namespace {

Lookup lookup_of(Patient& patient) {
  Context& context = patient.context;
  return {context.args, *patient.config, context.env, &context.process.asked()};
}

std::string until(TimePoint end) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(end - std::chrono::system_clock::now());
  if (left.count() <= 0) return "which have ended at " + format_time(end) + " by this machine's clock";
  return "which end in " + format_duration(left);
}

}  // namespace

Finding check_configuration(Patient& patient) {
  Result<Config> config = load_config(patient.context.env);
  if (!config) return unexpected(config.error());
  patient.warnings = config->warnings;
  patient.config = *std::move(config);
  if (!patient.config->exists) return Told{patient.config->file + " is not there, and need not be"};
  return Told{fmt::format("{}, {} profiles", patient.config->file, patient.config->profiles.size())};
}

Finding check_credentials(Patient& patient) {
  Result<StoreSettings> found =
      resolve_store(lookup_of(patient), patient.at.scheme, patient.at.profile, Side::only);
  if (!found) return unexpected(found.error());
  patient.warnings = found->warnings;
  patient.settings = *std::move(found);
  const StoreSettings& settings = *patient.settings;
  Result<StoreOptions> options = store_options(settings, *patient.config);
  if (!options) return unexpected(options.error());
  patient.options = *std::move(options);
  std::string text = fmt::format("{} from {}", masked(settings.access_key.value), settings.access_key.origin);
  if (settings.security_token.set()) text += ", temporary";
  if (settings.expires) text += ", " + until(*settings.expires);
  if (settings.renew) text += ", renewed when they end";
  return Told{text};
}

Finding check_tuning(Patient& patient) {
  std::vector<StoreSettings> stores;
  if (patient.settings) stores.push_back(*patient.settings);
  const Result<Tuning> tuned = tuning(resolve_knobs(lookup_of(patient), stores));
  if (!tuned) return unexpected(tuned.error());
  Result<ClientOptions> whole = engine::filled(tuned->client);
  if (!whole) return unexpected(whole.error());
  patient.limits = *std::move(whole);
  const ClientOptions& limits = *patient.limits;
  return Told{fmt::format("{}{} requests in flight, {} of buffers", tuned->client.concurrency ? "" : "up to ",
                          limits.concurrency, format_bytes(static_cast<double>(limits.memory)))};
}

}  // namespace sluice::cli
