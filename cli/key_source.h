// Key sources: the places where keys are looked for, one after the other; the first that has some counts.
//
// Keys come as a whole from one place: an access key is never joined with a secret or a token of another.
#pragma once

#include <string>
#include <vector>

#include "cli/settings.h"

namespace sluice::cli {

/// A table of settings with the place where it stands: a profile of ours, or of a vendor's file.
struct ProfileInUse {
  std::string name;   ///< of a profile of ours
  std::string title;  ///< "profile prod", "ossutil"
  std::string file;
  const ConfigTable* table = nullptr;

  Setting get(const std::string& name) const;
};

struct KeySearch {
  const Lookup& in;
  const ProfileInUse& named;                 ///< the profile that was asked for; may have no table
  const ProfileInUse& implied;               ///< the one called like the scheme; the same
  const std::vector<VendorFile>& files;      ///< of the scheme
  const std::vector<ProfileInUse>& vendors;  ///< those of the files' profiles that are in use
};

/// Fills the keys in. False: this place has none.
using KeySource = Result<bool> (*)(const KeySearch&, StoreSettings&);

/// All of them in their order. Keys stay unset when none has any.
Result<void> find_keys(const KeySearch&, StoreSettings&);

}  // namespace sluice::cli
