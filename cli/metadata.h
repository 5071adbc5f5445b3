// Metadata services: what a cloud tells its own machines at an address that only they reach. A machine with a
// role finds the role's temporary keys there. The services differ in words alone; a table has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

struct MetadataService {
  std::string_view scheme, name;  ///< "oss", "OSS RAM role"
  std::string address;            ///< http://HOST[:PORT]
  std::vector<std::string> address_variables;
  std::vector<std::string> off_variables;  ///< "true": nobody is asked
  std::vector<std::string> role_variables;
  std::string token_header;   ///< "" = it knows no sessions; else this, and with "-ttl-seconds" to begin one
  bool token_needed = false;  ///< it answers nothing without
  std::string roles;          ///< path[?query] of the list of roles
  std::string keys;           ///< path in front of the role's name
};

/// What a machine may ask, with what its environment says.
struct MetadataQuery {
  const MetadataService* service = nullptr;
  std::string address, role;
  std::string text() const { return std::string(service->name) + " at " + address; }
};

/// Nothing where the store has no such service, or it is switched off (SLUICE_METADATA=off, or the vendor's
/// own variable).
std::optional<MetadataQuery> metadata_query(const Environment&, std::string_view scheme);

/// A few requests of a second each at most. Kinds network and timeout where there is no such service.
Result<Credentials> ask_metadata(const MetadataQuery&);

}  // namespace sluice::cli
