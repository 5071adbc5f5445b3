// sluice config import: copies the accounts of the vendors' own tools into profiles of ours.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cli/config_edit.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/text_file.h"
#include "cli/units.h"
#include "cli/vendors.h"

namespace sluice::cli {
namespace {

struct Found {
  std::string name, from;
  ConfigTable values;
};

bool has_keys(const ConfigTable& values) {
  return values.contains("access_key") || values.contains("credential_process");
}

/// "oss", or "oss-backup" of the profile "backup".
std::string our_name(const VendorFile& file, const VendorProfile& profile) {
  std::string name = file.scheme;
  if (profile.name != "default") name += "-" + profile.name;
  for (char& c : name)
    if (!is_profile_name(std::string_view(&c, 1))) c = '-';
  return name;
}

/// Files of one tool that speak of one profile make one; another tool's gets another name.
std::vector<Found> find_accounts(const Environment& env, std::vector<std::string>& warnings) {
  std::vector<Found> all;
  for (const Vendor& vendor : vendors()) {
    std::map<std::string, std::string> tools;  // of the names given so far
    for (const VendorFile& file : read_vendor_files(env, vendor.scheme)) {
      warnings.insert(warnings.end(), file.warnings.begin(), file.warnings.end());
      bool secret = false;
      for (const VendorProfile& profile : file.profiles) {
        warnings.insert(warnings.end(), profile.warnings.begin(), profile.warnings.end());
        secret = secret || profile.values.contains("secret_key");
        std::string name = our_name(file, profile);
        const auto taken = tools.find(name);
        if (taken != tools.end() && taken->second != file.tool) name += "-" + file.tool;
        tools[name] = file.tool;
        auto known =
            std::find_if(all.begin(), all.end(), [&](const Found& each) { return each.name == name; });
        if (known == all.end()) {
          all.push_back({name, file.path, ConfigTable{{"scheme", ConfigValue{file.scheme, 0}}}});
          known = all.end() - 1;
        } else {
          known->from += ", " + file.path;
        }
        // Keys come as a whole from one place.
        const bool complete = has_keys(known->values);
        for (const auto& [key, value] : profile.values) {
          const bool is_key = key == "access_key" || key == "secret_key" || key == "security_token" ||
                              key == "credential_process";
          if (!is_key || !complete) known->values.try_emplace(key, value);
        }
      }
      if (secret && file.others_may_read) warnings.push_back(exposed_file_warning(file.path));
    }
  }
  std::erase_if(all, [](const Found& each) { return !has_keys(each.values); });
  return all;
}

std::string names_of(const ConfigTable& values) {
  std::string names;
  for (const auto& [name, value] : values) names += (names.empty() ? "" : ", ") + name;
  return names;
}

int run(Context& context) {
  const std::string file = config_file(context.env);
  const bool force = context.args.has("force"), dry = context.args.has("dry_run");
  std::vector<std::string> warnings;
  const std::vector<Found> found = find_accounts(context.env, warnings);
  for (const std::string& warning : std::set<std::string>(warnings.begin(), warnings.end()))
    context.output.warn(warning);

  std::string told;
  const auto tell = [&](const Found& each, const char* what, const char* words) {
    if (context.output.json())
      told += JsonLine()
                  .text("event", what)
                  .text("name", each.name)
                  .text("from", each.from)
                  .text("keys", names_of(each.values))
                  .str();
    else
      told += fmt::format("{:16} {}: {} from {}\n", each.name, words, names_of(each.values),
                          printable(each.from));
  };
  const auto change = [&](const std::string& old) -> Result<std::string> {
    std::string text = old;
    told.clear();
    for (const Found& each : found) {
      const Result<Config> config = parse_config(text, file);
      if (!config) return unexpected(config.error());
      if (config->profiles.contains(each.name) && !force) {
        tell(each, "profile_kept", "left as it is (--force replaces it)");
        continue;
      }
      tell(each, dry ? "profile_found" : "profile_imported", dry ? "would be imported" : "imported");
      Result<std::string> next = with_profile(text, file, each.name, each.values);
      if (!next) return next;
      text = *std::move(next);
    }
    return text;
  };
  if (found.empty()) {
    context.output.say("no accounts were found in the files of the vendors' tools");
    return kDone;
  }
  Result<void> done;
  if (dry) {
    const Result<std::optional<TextFile>> old = read_text_file(file);
    if (!old) return report_failure(context, old.error());
    const Result<std::string> text = change(*old ? (*old)->text : std::string());
    if (!text) done = unexpected(text.error());
  } else {
    done = change_text_file(file, change);
  }
  if (done) done = context.output.data(told);
  return done ? kDone : report_failure(context, done.error());
}

}  // namespace

Verb config_import_verb() {
  return {
      .name = "config import",
      .aliases = {},
      .summary = "copies the accounts of the vendors' tools into profiles",
      .details =
          "Of ossutil, coscli, ve-tos-cli, tosutil, qsctl and aws. The default account of each becomes the\n"
          "profile called like the scheme, which needs no naming; another, SCHEME-NAME. The file is made "
          "for\n"
          "its owner alone.",
      .examples = {"sluice config import --dry-run", "sluice config import --force"},
      .operands = {},
      .options = {{"--dry-run", "", "only say what would be copied"},
                  {"--force", "", "replace profiles that are there"},
                  {"--json", "", "one JSON object a line, on stdout"}},
      .shares = Shares::nothing,
      .run = run};
}

}  // namespace sluice::cli
