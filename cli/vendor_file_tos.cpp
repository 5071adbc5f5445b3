// ~/.tosutilconfig of tosutil: key=value. ~/.tos/config.toml of ve-tos-cli: a table a profile, and what
// stands in its sub-table "tos" goes before; its secrets may be sealed with the file .key beside it.
#include <filesystem>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "cli/ini.h"
#include "cli/obfuscated.h"
#include "cli/text_file.h"
#include "cli/vendor_file.h"

namespace sluice::cli {

VendorProfiles parse_tosutil(const VendorText& file) {
  const std::map<std::string_view, const char*> words = {{"ak", "access_key"},
                                                         {"sk", "secret_key"},
                                                         {"token", "security_token"},
                                                         {"region", "region"},
                                                         {"endpoint", "endpoint"}};
  VendorProfile profile{"default", {}, {}};
  for (const IniEntry& entry : read_ini(file.text)) {
    const auto word = words.find(lower_case(entry.key));
    // What its template says instead of a token.
    const bool placeholder = entry.value.find(' ') != std::string::npos;
    if (word != words.end() && !entry.value.empty() && !placeholder)
      profile.values[word->second] = {entry.value, entry.line};
  }
  const auto access = profile.values.find("access_key");
  if (access != profile.values.end() && !access->second.text.starts_with("AK")) {
    for (const char* name : {"access_key", "secret_key", "security_token"}) profile.values.erase(name);
    profile.warnings.push_back(
        fmt::format("{}: only tosutil can read its keys, which it has encrypted", file.path));
  }
  return {profile};
}

namespace {

void take(const toml::table& table, VendorProfile& profile) {
  constexpr std::pair<const char*, const char*> kWords[] = {{"access_key_id", "access_key"},
                                                            {"secret_access_key", "secret_key"},
                                                            {"security_token", "security_token"},
                                                            {"region", "region"},
                                                            {"endpoint", "endpoint"}};
  for (const auto& [theirs, ours] : kWords) {
    const toml::node* node = table.get(theirs);
    const auto* text = node ? node->as_string() : nullptr;
    if (text && !text->get().empty())
      profile.values[ours] = {text->get(), static_cast<int>(node->source().begin.line)};
  }
}

void unseal(VendorProfile& profile, const VendorText& file, const std::string& key) {
  for (const char* name : {"access_key", "secret_key", "security_token"}) {
    const auto found = profile.values.find(name);
    if (found == profile.values.end()) continue;
    if (const auto plain = ve_tos_secret(found->second.text, key)) {
      found->second.text = *plain;
    } else {
      profile.warnings.push_back(fmt::format("{}:{}: this cannot be read with the file .key beside it",
                                             file.path, found->second.line));
      profile.values.erase(found);
    }
  }
}

}  // namespace

VendorProfiles parse_ve_tos(const VendorText& file) {
  VendorProfiles profiles;
  std::string key;
  const std::string beside = std::filesystem::path(file.path).parent_path() / ".key";
  if (const auto found = read_text_file(beside); found && *found) key = (*found)->text;
  try {
    const toml::table root = toml::parse(file.text);
    for (const auto& [name, node] : root) {
      const toml::table* table = node.as_table();
      if (!table) continue;
      VendorProfile& profile = profile_named(profiles, name.str());
      take(*table, profile);
      if (const toml::node* nested = table->get("tos"); nested && nested->as_table())
        take(*nested->as_table(), profile);
      unseal(profile, file, key);
    }
  } catch (const toml::parse_error& error) {
    VendorProfile& broken = profile_named(profiles, "default");
    broken.values.clear();
    broken.warnings.push_back(
        fmt::format("{}:{}: this is no valid TOML", file.path, error.source().begin.line));
  }
  return profiles;
}

}  // namespace sluice::cli
