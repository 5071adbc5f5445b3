// ~/.qingstor/config.yaml (OIS: ~/.ois/config.yaml), which qsctl and the SDKs share.
#include <fmt/format.h>

#include "cli/vendor_file.h"
#include "cli/yaml_lines.h"

namespace sluice::cli {

VendorProfiles parse_qingstor(const VendorText& file) {
  const std::map<std::string_view, const char*> words = {{"access_key_id", "access_key"},
                                                         {"secret_access_key", "secret_key"},
                                                         {"zone", "region"},
                                                         {"endpoint", "endpoint"}};
  VendorProfile profile{"default", {}, {}};
  ConfigTable place;
  for (const YamlEntry& entry : read_yaml_lines(file.text)) {
    if (const auto word = words.find(entry.path); word != words.end())
      profile.values[word->second] = {entry.value, entry.line};
    else
      place[entry.path] = {entry.value, entry.line};
  }
  // The public host follows from the zone.
  const auto host = place.find("host");
  if (host != place.end() && host->second.text != "qingstor.com" && !profile.values.contains("endpoint")) {
    const auto or_else = [&](const char* name, const char* otherwise) {
      const auto found = place.find(name);
      return found == place.end() ? std::string(otherwise) : found->second.text;
    };
    const std::string port = or_else("port", "");
    profile.values["endpoint"] = {fmt::format("{}://{}{}", or_else("protocol", "https"), host->second.text,
                                              port.empty() ? "" : ":" + port),
                                  host->second.line};
  }
  return {profile};
}

}  // namespace sluice::cli
