// What `sluice bench` measured best for a store, kept beside the configuration in a file of the
// machine's own (config.toml -> config.measured.toml), so that what people write is never touched:
//
//   [[store]]
//   scheme = "s3"
//   endpoint = "https://minio.example.com"
//   region = ""
//   measured = "2026-11-03T12:00:00Z"
//   concurrency = "64"
//   part_size = "~8M"
//
// These are all the keys there are. A store is told by what was asked for, word by word: another endpoint
// is measured anew. Whatever is wrong here is a warning: no command fails for what only makes it faster.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sluice/result.h"

namespace sluice::cli {

struct ConfigValue {
  std::string text;
  int line = 0;
};
using ConfigTable = std::map<std::string, ConfigValue>;

struct MeasuredStore {
  std::string scheme, endpoint, region;
  std::string measured;  ///< when
  ConfigTable values;    ///< knobs, each with a value that it takes

  bool same_store(const MeasuredStore& other) const {
    return scheme == other.scheme && endpoint == other.endpoint && region == other.region;
  }
};

struct Measured {
  std::string file;
  std::vector<MeasuredStore> stores;
  std::vector<std::string> warnings;  ///< of values that are bad, and left out
};

/// Where it stands beside this configuration.
std::string measured_file(const std::string& config_file);

/// Nobody has measured: nothing. Errors: kind config, naming file and line, of what `sluice bench` cannot
/// have written.
Result<Measured> load_measured(const std::string& file);
Result<Measured> parse_measured(const std::string& text, const std::string& file);

/// Puts `store` in the place of what was known of it; what another process saves meanwhile stays. A file
/// that holds something else is left alone: kind config.
Result<void> save_measured(const std::string& file, const MeasuredStore& store);

}  // namespace sluice::cli
