// ~/.aws/credentials ([NAME]) and ~/.aws/config ([default], [profile NAME]).
#include <fmt/format.h>

#include "cli/ini.h"
#include "cli/vendor_file.h"

namespace sluice::cli {

VendorProfiles parse_aws(const VendorText& file) {
  const std::map<std::string_view, const char*> words = {{"aws_access_key_id", "access_key"},
                                                         {"aws_secret_access_key", "secret_key"},
                                                         {"aws_session_token", "security_token"},
                                                         {"region", "region"},
                                                         {"endpoint_url", "endpoint"},
                                                         {"credential_process", "credential_process"}};
  VendorProfiles profiles;
  for (const IniEntry& entry : read_ini(file.text)) {
    constexpr std::string_view kProfile = "profile ";
    std::string_view name = entry.section;
    if (name.starts_with(kProfile))
      name = trimmed(name.substr(kProfile.size()));
    else if (name.find(' ') != std::string_view::npos)  // [services NAME], [sso-session NAME]
      continue;
    const std::string key = lower_case(entry.key);
    VendorProfile& profile = profile_named(profiles, name);
    if (const auto word = words.find(key); word != words.end() && !entry.value.empty())
      profile.values.try_emplace(word->second, ConfigValue{entry.value, entry.line});
    if (key == "role_arn" || key == "sso_session" || key == "sso_start_url")
      profile.warnings.push_back(
          fmt::format("{}:{}: {} is known to aws alone: give credential_process = aws configure "
                      "export-credentials --profile {} in a profile of its own",
                      file.path, entry.line, key, name));
  }
  return profiles;
}

}  // namespace sluice::cli
