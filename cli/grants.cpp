#include "cli/grants.h"

#include <array>

#include <fmt/format.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

struct Named {
  std::string_view name;
  Grant::To to;
};
/// The first of each is ours.
constexpr std::array kGroups = {Named{"everyone", Grant::To::everyone},
                                Named{"authenticated", Grant::To::authenticated},
                                Named{"group=QS_ALL_USERS", Grant::To::everyone}};
constexpr std::string_view kId = "id=";

Unexpected no_grant(std::string_view text) {
  return fail(ErrorKind::argument, fmt::format("\"{}\" is no grant", printable(text)),
              "write TO:PERMISSION, where TO is everyone, authenticated or a user's id, and PERMISSION is "
              "READ, WRITE, FULL_CONTROL or another word of the store");
}

}  // namespace

Result<Grant> parse_grant(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return no_grant(text);
  std::string_view to = text.substr(0, colon);
  Grant grant;
  grant.permission = text.substr(colon + 1);
  for (const Named& group : kGroups) {
    if (group.name != to) continue;
    grant.to = group.to;
    return grant;
  }
  if (to.starts_with(kId)) to.remove_prefix(kId.size());
  if (to.empty() || to.starts_with("group=")) return no_grant(text);
  grant.user = to;
  return grant;
}

Result<std::vector<Grant>> parse_grants(const std::vector<std::string>& texts) {
  std::vector<Grant> grants;
  for (const std::string& text : texts) {
    Result<Grant> grant = parse_grant(text);
    if (!grant) return unexpected(grant.error().with("--grant", ""));
    grants.push_back(*std::move(grant));
  }
  return grants;
}

std::string grant_text(const Grant& grant) {
  if (grant.to == Grant::To::user) return fmt::format("{}{}:{}", kId, grant.user, grant.permission);
  for (const Named& group : kGroups)
    if (group.to == grant.to) return fmt::format("{}:{}", group.name, grant.permission);
  return {};
}

}  // namespace sluice::cli
