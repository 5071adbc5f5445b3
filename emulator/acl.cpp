// See acl.h.
#include "emulator/acl.h"

#include <algorithm>
#include <array>

#include "io/percent.h"

namespace sluice::emulator {
namespace {

constexpr std::array<std::string_view, 3> kWhom = {"user", "everybody", "signed-in"};
constexpr std::string_view kAll = "FULL_CONTROL";

struct CannedGrant {
  std::string_view canned;
  Grantee whom;
  std::string_view permission;
};
// What a canned word grants beside the owner's full control. The words not named grant nothing.
constexpr CannedGrant kCanned[] = {
    {"public-read", Grantee::everybody, "READ"},
    {"public-read-write", Grantee::everybody, "READ"},
    {"public-read-write", Grantee::everybody, "WRITE"},
    {"authenticated-read", Grantee::signed_in, "READ"},
};

std::string_view cut(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto piece = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return piece;
}

}  // namespace

Acl parse_acl(std::string_view text, std::string_view fallback) {
  if (text.empty()) return {std::string(fallback), {}};
  if (text.find('/') == std::string_view::npos) return {std::string(text), {}};
  Acl acl;
  while (!text.empty()) {
    std::string_view one = cut(text, ';');
    const auto whom = std::find(kWhom.begin(), kWhom.end(), cut(one, '/'));
    if (whom == kWhom.end()) continue;
    Grant grant;
    grant.whom = static_cast<Grantee>(whom - kWhom.begin());
    grant.user = io::percent_decode(cut(one, '/'));
    grant.permission = one;
    acl.grants.push_back(std::move(grant));
  }
  return acl;
}

std::string format_acl(const Acl& acl) {
  if (!acl.canned.empty()) return acl.canned;
  std::string text;
  for (const Grant& grant : acl.grants) {
    text += text.empty() ? "" : ";";
    text += kWhom[static_cast<std::size_t>(grant.whom)];
    text += "/" + io::percent_encode(grant.user) + "/" + grant.permission;
  }
  return text.empty() ? "/" : text;  // no grant at all
}

std::vector<Grant> grants_of(const Acl& acl, const std::string& owner) {
  if (acl.canned.empty()) return acl.grants;
  std::vector<Grant> grants{{Grantee::user, owner, std::string(kAll)}};
  for (const auto& [canned, whom, permission] : kCanned) {
    if (canned == acl.canned) grants.push_back({whom, {}, std::string(permission)});
  }
  return grants;
}

bool everybody_may(const Acl& acl, std::string_view permission) {
  const auto grants = grants_of(acl, {});
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return grant.whom == Grantee::everybody && (grant.permission == permission || grant.permission == kAll);
  });
}

bool is_permission(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords = {"READ", "WRITE", "READ_ACP", "WRITE_ACP", kAll};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace sluice::emulator
