// Settings: what is in effect for one run, and where each value came from.
//
// A value is looked for in this order: the side's own option (--src-endpoint), the option, the profile
// that was named (URL, option, SLUICE_PROFILE), the vendor's environment variables, the profile called
// like the scheme, the files of the vendor's own tools, [defaults], what `sluice bench` measured of the
// store, what is built in. A profile that was named is not filled up from one that was not. Keys never come
// from the command line; key_source.h says where they do.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/args.h"
#include "cli/config.h"
#include "cli/environment.h"
#include "cli/knobs.h"
#include "cli/location.h"
#include "cli/vendor_file.h"
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
  std::optional<TimePoint> expires;
  std::shared_ptr<const CredentialsProvider> renew;  ///< of keys that somebody was asked for
  Setting not_asked;                                 ///< who would be asked for keys, or was, and had none
  std::vector<std::string> warnings;
};

struct TunedKnob {
  const Knob* knob;
  Setting setting;
};

/// Who was asked for keys, and what he gave: everybody is asked once, until it ends, so that all stores of
/// one role have the same keys.
class AskedKeys {
 public:
  struct Answer {
    Credentials keys;
    std::shared_ptr<const CredentialsProvider> ask;  ///< for new ones
  };
  Result<Answer> of(const std::string& whom, CredentialsProvider ask);

 private:
  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
};

/// Where settings are looked for. Must outlive nothing: it only points.
struct Lookup {
  const Args& args;
  const Config& config;
  const Environment& env;
  AskedKeys* asked = nullptr;  ///< null: no process and no metadata service is asked for keys
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
