// Settings: what is in effect for one run, and where each value came from.
//
// A value is looked for in this order: the side's own option (--src-endpoint), the option, the profile
// that was named (URL, option, SLUICE_PROFILE), the vendor's environment variables, the profile called
// like the scheme, [defaults], what `sluice bench` measured of the store, what is built in. Keys come as
// a whole from one place: an access key is never joined with a secret or a token of another place, and
// never comes from the command line.
#pragma once

#include <string>
#include <vector>

#include "cli/args.h"
#include "cli/config.h"
#include "cli/environment.h"
#include "cli/knobs.h"
#include "cli/location.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

struct Setting {
  std::string value;
  std::string origin;  ///< "--region", "environment OSS_REGION", "profile prod, FILE:12"; empty = unset
  bool set() const { return !origin.empty(); }
};

/// Which options speak about a store: between two stores each has its own.
enum class Side { only, source, target };

struct StoreSettings {
  std::string scheme;
  std::string profile;  ///< the one in use; may be empty
  Setting endpoint, region, addressing, appid, sign_payload, oss_v1;
  Setting access_key, secret_key, security_token;
};

struct TunedKnob {
  const Knob* knob;
  Setting setting;
};

/// Where settings are looked for. Must outlive nothing: it only points.
struct Lookup {
  const Args& args;
  const Config& config;
  const Environment& env;
};

Result<StoreSettings> resolve_store(const Lookup&, const std::string& scheme, const std::string& url_profile,
                                    Side);
/// Checks that the keys are there and the choices are known.
Result<StoreOptions> store_options(const StoreSettings&, const Config&);

/// `stores`: those that the run talks to, the target first.
std::vector<TunedKnob> resolve_knobs(const Lookup&, const std::vector<StoreSettings>& stores);
Result<Tuning> tuning(const std::vector<TunedKnob>&);

/// "****" and the last four characters of a secret that is long enough to keep the rest hidden.
std::string masked(const std::string& secret);

}  // namespace sluice::cli
