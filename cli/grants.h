// Grants of an ACL as text: TO:PERMISSION.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sluice/properties.h"
#include "sluice/result.h"

namespace sluice::cli {

/// TO is `everyone`, `authenticated`, group=QS_ALL_USERS (which is everyone) or a user's id, which may be
/// written id=ID. The permission is the store's word and stands behind the last ':', for ids may have some.
Result<Grant> parse_grant(std::string_view text);
Result<std::vector<Grant>> parse_grants(const std::vector<std::string>& texts);

/// A text that parse_grant() reads as this grant.
std::string grant_text(const Grant&);

}  // namespace sluice::cli
