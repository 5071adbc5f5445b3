// Finds and reads the configuration: config.h.
#include "cli/config.h"

#include <cerrno>
#include <cstring>
#include <set>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "cli/knobs.h"
#include "cli/text_file.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

const std::set<std::string_view> kStoreKeys = {
    "scheme",         "endpoint", "region",       "addressing", "access_key",        "secret_key",
    "security_token", "appid",    "sign_payload", "oss_v1",     "credential_process"};

Unexpected bad(const std::string& file, int line, std::string what) {
  return fail(ErrorKind::config, fmt::format("{}:{}: {}", file, line, what));
}

int line_of(const toml::node& node) {
  return static_cast<int>(node.source().begin.line);
}

/// Text, whole numbers and booleans, as text. Nothing for other types.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  return {};
}

Result<ConfigTable> read_table(const toml::table& table, const std::string& file, const std::string& name,
                               bool is_profile) {
  ConfigTable out;
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    const int line = static_cast<int>(key.source().begin.line);
    if (!find_knob(word) && !(is_profile && kStoreKeys.contains(word))) {
      const char* why = kStoreKeys.contains(word) ? " (it belongs into a profile)" : "";
      return bad(file, line, fmt::format("unknown key \"{}\" in [{}]{}", printable(word), name, why));
    }
    const auto text = scalar_text(node);
    if (!text)
      return bad(file, line, fmt::format("\"{}\" must be text, a whole number, true or false", word));
    out[word] = ConfigValue{*text, line};
  }
  return out;
}

Result<void> read_profiles(const toml::node& node, Config& config) {
  const toml::table* all = node.as_table();
  if (!all) return bad(config.file, line_of(node), "\"profiles\" must be a table of tables: [profiles.NAME]");
  for (const auto& [key, entry] : *all) {
    const std::string name(key.str());
    const toml::table* table = entry.as_table();
    if (!table)
      return bad(config.file, static_cast<int>(key.source().begin.line),
                 fmt::format("\"{}\" stands in [profiles] itself; settings belong into [profiles.NAME]",
                             printable(name)));
    Result<ConfigTable> values = read_table(*table, config.file, "profiles." + printable(name), true);
    if (!values) return unexpected(values.error());
    config.profiles[name] = *std::move(values);
  }
  return {};
}

}  // namespace

bool is_setting(std::string_view name) {
  return find_knob(name) || kStoreKeys.contains(name);
}

std::string config_file(const Environment& env) {
  if (const auto named = env("SLUICE_CONFIG")) return *named;
  const auto home = env("XDG_CONFIG_HOME");
  // The XDG rules say to ignore a relative path.
  if (home && home->starts_with('/')) return *home + "/sluice/config.toml";
  return env("HOME").value_or("") + "/.config/sluice/config.toml";
}

Result<Config> parse_config(const std::string& text, const std::string& file) {
  Config config;
  config.file = file;
  config.exists = true;
  try {
    const toml::table root = toml::parse(text);
    for (const auto& [key, node] : root) {
      const int line = static_cast<int>(key.source().begin.line);
      if (key == "defaults") {
        const toml::table* table = node.as_table();
        if (!table) return bad(file, line, "\"defaults\" must be a table: [defaults]");
        Result<ConfigTable> values = read_table(*table, file, "defaults", false);
        if (!values) return unexpected(values.error());
        config.defaults = *std::move(values);
      } else if (key == "profiles") {
        if (Result<void> read = read_profiles(node, config); !read) return unexpected(read.error());
      } else {
        return bad(file, line,
                   fmt::format("unknown {} \"{}\": there are [defaults] and [profiles.NAME]",
                               node.is_table() ? "table" : "key", printable(key.str())));
      }
    }
  } catch (const toml::parse_error& error) {
    // The parser's own words may quote the line, and the line may hold a secret.
    return bad(file, static_cast<int>(error.source().begin.line),
               fmt::format("this is no valid TOML (column {}): texts need quotes, names come once",
                           error.source().begin.column));
  }
  return config;
}

namespace {

Result<Config> load_written(const Environment& env) {
  const std::string file = config_file(env);
  const Result<std::optional<TextFile>> found = read_text_file(file);
  if (!found) return unexpected(found.error());
  if (*found) {
    Result<Config> config = parse_config((*found)->text, file);
    if (config && (*found)->others_may_read) config->warnings.push_back(exposed_file_warning(file));
    return config;
  }
  if (env("SLUICE_CONFIG")) {
    Error error = make_error(ErrorKind::config, fmt::format("{}: {}", file, std::strerror(ENOENT)),
                             "SLUICE_CONFIG names it: write it, or unset the variable");
    error.operation = "read configuration";
    return unexpected(std::move(error));
  }
  Config none;
  none.file = file;
  return none;
}

}  // namespace

Result<Config> load_config(const Environment& env) {
  Result<Config> config = load_written(env);
  if (!config) return config;
  Result<Measured> measured = load_measured(measured_file(config->file));
  if (measured) {
    config->warnings.insert(config->warnings.end(), measured->warnings.begin(), measured->warnings.end());
    config->measured = *std::move(measured);
  } else {  // no transfer must fail because of what only makes it faster
    config->warnings.push_back(measured.error().describe());
  }
  return config;
}

}  // namespace sluice::cli
