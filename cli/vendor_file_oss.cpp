// ~/.ossutilconfig: INI. ossutil 1 keeps one account in [Credentials]; ossutil 2 profiles, in [default] and
// [profile NAME]. Names are taken in any case, with or without '-' and '_'.
#include <algorithm>

#include <fmt/format.h>

#include "cli/ini.h"
#include "cli/units.h"
#include "cli/vendor_file.h"

namespace sluice::cli {
namespace {

const std::map<std::string_view, const char*> kWords = {
    {"accesskeyid", "access_key"}, {"accessid", "access_key"},     {"accesskeysecret", "secret_key"},
    {"accesskey", "secret_key"},   {"ststoken", "security_token"}, {"region", "region"},
    {"endpoint", "endpoint"},      {"host", "endpoint"},           {"mode", "mode"},
};

/// Empty for sections that are no profiles.
std::string profile_of(const std::string& section) {
  const std::string lower = lower_case(section);
  if (lower == "credentials" || lower == "default") return "default";
  constexpr std::string_view kProfile = "profile ";
  if (!lower.starts_with(kProfile)) return {};
  const std::string name(trimmed(std::string_view(section).substr(kProfile.size())));
  return lower_case(name) == "default" ? "default" : name;
}

}  // namespace

VendorProfiles parse_ossutil(const VendorText& file) {
  VendorProfiles profiles;
  for (const IniEntry& entry : read_ini(file.text)) {
    const std::string profile = profile_of(entry.section);
    std::string word = lower_case(entry.key);
    std::erase_if(word, [](char c) { return c == '-' || c == '_'; });
    const auto known = kWords.find(word);
    if (profile.empty() || known == kWords.end() || entry.value.empty()) continue;
    profile_named(profiles, profile).values.try_emplace(known->second, ConfigValue{entry.value, entry.line});
  }
  for (VendorProfile& profile : profiles) {
    const auto mode = profile.values.find("mode");
    if (mode == profile.values.end()) continue;
    const std::string word = lower_case(mode->second.text);
    if (word != "ak" && word != "ststoken") {
      for (const char* name : {"access_key", "secret_key", "security_token"}) profile.values.erase(name);
      if (word != "ecsramrole")
        profile.warnings.push_back(fmt::format("{}:{}: mode {} is known to ossutil alone", file.path,
                                               mode->second.line, printable(mode->second.text)));
    }
    profile.values.erase("mode");
  }
  return profiles;
}

}  // namespace sluice::cli
