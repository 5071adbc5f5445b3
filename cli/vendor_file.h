// Configuration files of the vendors' own tools, read where they lie: a table says which, and where.
//
// What they hold is given in the words of our own configuration, so that a store is looked up in them, and
// `config import` copies them, as if it stood there. Nothing here fails: a file of somebody else's tool must
// not stop a run that may not need it; what cannot be used is said in `warnings`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.h"
#include "cli/measured.h"

namespace sluice::cli {

struct VendorProfile {
  std::string name;  ///< "default", or as the file calls it
  ConfigTable
      values;  ///< access_key, secret_key, security_token, region, endpoint, appid, credential_process
  std::vector<std::string> warnings;
};

struct VendorFile {
  std::string scheme, tool;  ///< "oss", "ossutil"
  std::string path;
  bool others_may_read = false;
  std::vector<VendorProfile> profiles;
  std::string in_use;  ///< name of the profile that its tool would take
  std::vector<std::string> warnings;

  const VendorProfile* profile() const;
};

/// Those that are there, of one scheme, in the order of the table.
std::vector<VendorFile> read_vendor_files(const Environment&, std::string_view scheme);

/// What each format makes of a text; `path` is where it stands. No profile has a key without its secret.
struct VendorText {
  std::string text, path;
};
using VendorProfiles = std::vector<VendorProfile>;
VendorProfiles parse_ossutil(const VendorText&);
VendorProfiles parse_coscli(const VendorText&);
VendorProfiles parse_tosutil(const VendorText&);
VendorProfiles parse_ve_tos(const VendorText&);
VendorProfiles parse_qingstor(const VendorText&);
VendorProfiles parse_aws(const VendorText&);

/// The profile of that name, made when it is new. For the parsers.
VendorProfile& profile_named(VendorProfiles&, std::string_view name);

}  // namespace sluice::cli
