// ~/.cos.yaml of coscli: keys under cos.base, mostly made unreadable; regions and appids stand with the
// buckets, and are taken where all of them agree.
#include <optional>

#include "cli/ini.h"
#include "cli/obfuscated.h"
#include "cli/vendor_file.h"
#include "cli/yaml_lines.h"

namespace sluice::cli {
namespace {

/// "1250000000" of "name-1250000000".
std::string appid_of(const std::string& bucket) {
  const std::string ending = bucket.substr(bucket.rfind('-') + 1);
  const bool digits = ending.find_first_not_of("0123456789") == std::string::npos;
  return digits && ending.size() >= 8 && ending.size() < bucket.size() ? ending : std::string();
}

/// A value that many lines may tell, as long as they tell the same.
class Agreed {
 public:
  void add(ConfigValue value) {
    if (!value_)
      value_ = std::move(value);
    else if (value_->text != value.text)
      value_->text.clear();
  }
  void put(ConfigTable& table, const char* name) const {
    if (value_ && !value_->text.empty()) table[name] = *value_;
  }

 private:
  std::optional<ConfigValue> value_;
};

}  // namespace

VendorProfiles parse_coscli(const VendorText& file) {
  VendorProfile profile{"default", {}, {}};
  const std::map<std::string_view, const char*> secrets = {{"cos.base.secretid", "access_key"},
                                                           {"cos.base.secretkey", "secret_key"},
                                                           {"cos.base.sessiontoken", "security_token"}};
  bool readable = false, role = false;
  Agreed region, appid;
  for (const YamlEntry& entry : read_yaml_lines(file.text)) {
    if (const auto word = secrets.find(entry.path); word != secrets.end())
      profile.values[word->second] = {entry.value, entry.line};
    if (entry.path == "cos.base.disableencryption") readable = lower_case(entry.value) == "true";
    if (entry.path == "cos.base.mode") role = lower_case(entry.value) == "cvmrole";
    if (entry.path == "cos.buckets.region") region.add({entry.value, entry.line});
    if (entry.path == "cos.buckets.name") appid.add({appid_of(entry.value), entry.line});
  }
  for (const auto& [path, name] : secrets) {
    const auto found = profile.values.find(name);
    if (found == profile.values.end()) continue;
    if (!readable) found->second.text = coscli_secret(found->second.text);
    if (role || found->second.text.empty()) profile.values.erase(found);
  }
  region.put(profile.values, "region");
  appid.put(profile.values, "appid");
  return {profile};
}

}  // namespace sluice::cli
