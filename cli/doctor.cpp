// sluice doctor URL: what stands between this machine and a store, one check after the other, and what to do.
//
// A check that needs what another has not found is left out. The first that fails gives the exit code.
#include "cli/doctor.h"

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

bool always(const Patient&) {
  return true;
}
bool has_config(const Patient& patient) {
  return patient.config.has_value();
}
bool has_keys(const Patient& patient) {
  return patient.options.has_value() && patient.limits.has_value();
}
bool has_limits(const Patient& patient) {
  return patient.limits.has_value();
}
bool has_name(const Patient& patient) {
  return patient.store.has_value();
}
bool answers(const Patient& patient) {
  return patient.answers;
}
bool knows_us(const Patient& patient) {
  return patient.known_to_store;
}

struct Check {
  const char* name;
  bool (*possible)(const Patient&);
  Finding (*run)(Patient&);
};
constexpr Check kChecks[] = {
    {"configuration", always, check_configuration},
    {"credentials", has_config, check_credentials},
    {"tuning", has_config, check_tuning},
    {"processor", always, check_processor},
    {"files", has_limits, check_files},
    {"memory", has_limits, check_memory},
    {"state", has_limits, check_state},
    {"dns", has_keys, check_dns},
    {"endpoint", has_name, check_endpoint},
    {"clock", answers, check_clock},
    {"store", answers, check_store},
    {"region", knows_us, check_region},
};

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
  int code = kDone;
  for (const Check& check : kChecks) {
    if (!check.possible(patient)) continue;
    patient.warnings.clear();
    const Finding found = check.run(patient);
    Result<void> written;
    for (const std::string& each : patient.warnings)
      if (written) written = tell(context.output, check.name, "warning", each);
    if (written)
      written = tell(context.output, check.name, !found ? "failed" : found->warning ? "warning" : "ok",
                     found ? found->text : found.error().describe());
    if (!written) return report_failure(context, written.error());
    if (!found && code == kDone) code = exit_code(found.error());
  }
  return code;
}

}  // namespace

Verb doctor_verb() {
  return {.name = "doctor",
          .aliases = {},
          .summary = "checks what a store needs, and says what to do",
          .details =
              "One line a check: the configuration, the keys, what tunes a run; the processor, open files,\n"
              "memory, the place for saved state; the endpoint's name, the way there, its clock; what the\n"
              "store says to the keys; the region. The exit code is that of the first that fails; warnings\n"
              "have none.",
          .examples = {"sluice doctor oss://my-bucket", "sluice doctor s3://prod@ --json"},
          .operands = {{"URL", "a bucket, or a scheme for the store alone"}},
          .options = {},
          .shares = Shares::store,
          .run = run};
}

}  // namespace sluice::cli
