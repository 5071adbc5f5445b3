// The environment variables that each vendor's own tools and SDKs read, as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

/// Names that belong together: a key of one group is never joined with the secret of another.
struct KeyNames {
  std::string access, secret;
  std::vector<std::string> tokens;
};

struct Vendor {
  std::string scheme;
  std::vector<KeyNames> keys;  ///< the first group with a variable set counts
  std::vector<std::string> endpoints, regions, appids, ca_files;
  bool endpoints_are_regional = true;  ///< each region has its own
};

const Vendor& vendor_of(std::string_view scheme);
const std::vector<Vendor>& vendors();

}  // namespace sluice::cli
