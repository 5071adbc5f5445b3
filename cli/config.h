// The configuration file: [defaults] for every run, and [profiles.NAME] for stores.
//
//   [defaults]
//   concurrency = 32
//
//   [profiles.prod]
//   scheme = "oss"            # optional: keeps the profile from being used with another store
//   region = "cn-hangzhou"
//   access_key = "..."
//   secret_key = "..."
//   part_size = "16M"
//
//   [profiles.role]
//   credential_process = "/usr/local/bin/keys --for role"   # instead of keys
//
// Read from $SLUICE_CONFIG, else $XDG_CONFIG_HOME/sluice/config.toml, else ~/.config/sluice/config.toml.
// Every key must be known; mistakes name file and line and never repeat a value. Values stay text here:
// the knobs check them where they are used, so that a mistake in one profile does not stop the others.
// What `sluice bench` measured stands beside it (measured.h).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.h"
#include "cli/measured.h"
#include "sluice/result.h"

namespace sluice::cli {

struct Config {
  std::string file;  ///< where it is, or would be
  bool exists = false;
  ConfigTable defaults;
  std::map<std::string, ConfigTable> profiles;
  Measured measured;  ///< beside it
  std::vector<std::string> warnings;

  std::string place(const ConfigValue& value) const { return file + ":" + std::to_string(value.line); }
};

/// Whether a profile may say it: "region", "part_size".
bool is_setting(std::string_view name);
/// Where it is, or would be.
std::string config_file(const Environment&);
Result<Config> load_config(const Environment&);
/// The part of load_config that knows TOML; `file` is for messages alone.
Result<Config> parse_config(const std::string& text, const std::string& file);

}  // namespace sluice::cli
