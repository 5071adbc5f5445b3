// The ACL of a request: a canned word, grants in headers (`id="1",canned="AllUsers"`), or a document.
#include <algorithm>
#include <array>

#include "emulator/operations.h"

namespace sluice::emulator {
namespace {

struct GrantHeader {
  std::string_view header, permission;
};
constexpr std::array<GrantHeader, 5> kGrantHeaders = {{{"grant-full-control", "FULL_CONTROL"},
                                                       {"grant-read", "READ"},
                                                       {"grant-read-acp", "READ_ACP"},
                                                       {"grant-write", "WRITE"},
                                                       {"grant-write-acp", "WRITE_ACP"}}};

Failure bad(std::string name, std::string value) {
  return {Trouble::invalid_argument,
          {},
          {{"ArgumentName", std::move(name)}, {"ArgumentValue", std::move(value)}},
          {}};
}

// One `kind="value"`; false when it is none.
bool read_grantee(std::string_view text, Grant& grant) {
  const auto sign = text.find('=');
  if (sign == std::string_view::npos) return false;
  const std::string_view kind = text.substr(0, sign);
  std::string_view value = text.substr(sign + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  const bool group = kind == "uri" || kind == "canned";
  if (value.empty() || (!group && kind != "id")) return false;
  if (!group && value == kAnyone) grant.whom = Grantee::everybody;
  if (!group && value != kAnyone) grant.user = value;
  if (group && value.ends_with("AllUsers")) grant.whom = Grantee::everybody;
  if (group && value.ends_with("AuthenticatedUsers")) grant.whom = Grantee::signed_in;
  return !group || grant.whom != Grantee::user;
}

bool read_grantees(std::string_view text, std::string_view permission, std::vector<Grant>& into) {
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    Grant grant{Grantee::user, {}, std::string(permission)};
    if (!read_grantee(one, grant)) return false;
    into.push_back(std::move(grant));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return true;
}

}  // namespace

Outcome<std::optional<Acl>> sent_acl(const Call& call, std::string_view canned_header) {
  const Dialect& dialect = *call.dialect;
  const std::string prefix(dialect.prefix);
  const auto words = call.key().empty() ? dialect.bucket_acls : dialect.object_acls;
  if (const std::string canned = call.vendor(canned_header); !canned.empty()) {
    if (std::find(words.begin(), words.end(), canned) == words.end())
      return bad(prefix + std::string(canned_header), canned);
    return std::optional(Acl{canned, {}});
  }
  Acl acl;
  for (const auto& [header, permission] : kGrantHeaders) {
    const std::string value = call.vendor(header);
    if (!read_grantees(value, permission, acl.grants)) return bad(prefix + std::string(header), value);
  }
  if (!acl.grants.empty()) return std::optional(std::move(acl));
  return std::optional<Acl>();
}

}  // namespace sluice::emulator
