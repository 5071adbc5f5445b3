#include "cli/vendor_file.h"

#include <algorithm>

#include "cli/text_file.h"

namespace sluice::cli {
namespace {

struct Kind {
  std::string_view scheme, tool;
  std::vector<std::string> path_variables;  ///< the first that is set names the file
  std::vector<std::string_view> places;     ///< else the first of these that is there; relative: below HOME
  std::vector<std::string> profile_variables;
  VendorProfiles (*parse)(const VendorText&);
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"oss", "ossutil", {"OSSUTIL_CONFIG_FILE"}, {".ossutilconfig"}, {"OSSUTIL_PROFILE"}, parse_ossutil},
      {"cos", "coscli", {}, {".cos.yaml"}, {}, parse_coscli},
      {"tos", "ve-tos-cli", {"TOS_CONFIG_PATH"}, {".tos/config.toml"}, {"TOS_PROFILE"}, parse_ve_tos},
      {"tos", "tosutil", {}, {".tosutilconfig"}, {}, parse_tosutil},
      {"qs",
       "qsctl",
       {"QINGSTOR_CONFIG_PATH"},
       {".qingstor/config.yaml", ".config/qingstor/config.yaml", "/etc/qingstor/config.yaml"},
       {},
       parse_qingstor},
      {"ois", "ois", {"OIS_CONFIG_PATH"}, {".ois/config.yaml"}, {}, parse_qingstor},
      {"s3",
       "aws",
       {"AWS_SHARED_CREDENTIALS_FILE"},
       {".aws/credentials"},
       {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"},
       parse_aws},
      {"s3", "aws", {"AWS_CONFIG_FILE"}, {".aws/config"}, {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}, parse_aws},
  };
  return all;
}

std::string first_set(const Environment& env, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (const auto value = env(name)) return *value;
  return {};
}

std::vector<std::string> places_of(const Kind& kind, const Environment& env) {
  if (const std::string named = first_set(env, kind.path_variables); !named.empty()) return {named};
  const std::string home = env("HOME").value_or("");
  std::vector<std::string> paths;
  for (const std::string_view place : kind.places) {
    if (place.starts_with('/'))
      paths.emplace_back(place);
    else if (!home.empty())
      paths.push_back(home + "/" + std::string(place));
  }
  return paths;
}

/// A key without its secret is of no use to anyone.
void drop_half_pairs(VendorProfile& profile) {
  const auto missing = [&](const char* name) {
    const auto found = profile.values.find(name);
    return found == profile.values.end() || found->second.text.empty();
  };
  if (!missing("access_key") && !missing("secret_key")) return;
  for (const char* name : {"access_key", "secret_key", "security_token"}) profile.values.erase(name);
}

}  // namespace

const VendorProfile* VendorFile::profile() const {
  for (const VendorProfile& each : profiles)
    if (each.name == in_use) return &each;
  return nullptr;
}

VendorProfile& profile_named(VendorProfiles& profiles, std::string_view name) {
  for (VendorProfile& each : profiles)
    if (each.name == name) return each;
  profiles.push_back({std::string(name), {}, {}});
  return profiles.back();
}

std::vector<VendorFile> read_vendor_files(const Environment& env, std::string_view scheme) {
  std::vector<VendorFile> files;
  for (const Kind& kind : kinds()) {
    if (kind.scheme != scheme) continue;
    for (const std::string& path : places_of(kind, env)) {
      const Result<std::optional<TextFile>> found = read_text_file(path);
      if (found && !*found) continue;
      VendorFile file{std::string(kind.scheme), std::string(kind.tool), path, false, {}, {}, {}};
      if (found) {
        file.others_may_read = (*found)->others_may_read;
        file.profiles = kind.parse({(*found)->text, path});
        std::for_each(file.profiles.begin(), file.profiles.end(), drop_half_pairs);
      } else {
        file.warnings.push_back(found.error().describe());
      }
      file.in_use = first_set(env, kind.profile_variables);
      if (file.in_use.empty()) file.in_use = "default";
      files.push_back(std::move(file));
      break;
    }
  }
  return files;
}

}  // namespace sluice::cli
