// Properties of buckets and objects, and what became of a batch delete.
#include <algorithm>

#include "engine/codec_decode.h"
#include "engine/codec_read.h"

namespace sluice::engine::decode {
namespace {

/// Vendors name their groups by URIs, by words and by an id that nobody has.
Grant grant_of(codec::RawGrant raw) {
  Grant grant;
  grant.permission = std::move(raw.permission);
  const std::string group = raw.uri + raw.canned + raw.name;
  if (group.ends_with("AllUsers") || raw.name == "QS_ALL_USERS" || raw.id.ends_with("anyone:anyone"))
    grant.to = Grant::To::everyone;
  else if (group.ends_with("AuthenticatedUsers"))
    grant.to = Grant::To::authenticated;
  else
    grant.user = std::move(raw.id);
  return grant;
}

/// The word that would have made these grants; empty when none would.
std::string word_of(const std::vector<Grant>& grants, const std::string& owner) {
  const Grant read{Grant::To::everyone, "", "READ"}, write{Grant::To::everyone, "", "WRITE"};
  const Grant known{Grant::To::authenticated, "", "READ"};
  std::vector<Grant> others = grants;
  std::erase_if(others, [&owner](const Grant& g) {
    return g.to == Grant::To::user && g.user == owner && g.permission == "FULL_CONTROL";
  });
  const auto has = [&others](const Grant& g) {
    return std::find(others.begin(), others.end(), g) != others.end();
  };
  if (others.empty()) return "private";
  if (others.size() == 1 && has(read)) return "public-read";
  if (others.size() == 2 && has(read) && has(write)) return "public-read-write";
  if (others.size() == 1 && has(known)) return "authenticated-read";
  return {};
}

std::string region_of(const Dialect& d, std::string text) {
  if (!d.hosts.region_prefix.empty() && text.starts_with(d.hosts.region_prefix))
    text.erase(0, d.hosts.region_prefix.size());
  return text;
}

}  // namespace

Result<Acl> acl(const Dialect& d, std::string body) {
  auto raw = read<codec::RawAcl>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  Acl out;
  out.owner = std::move(raw->owner);
  for (auto& grant : raw->grants) out.grants.push_back(grant_of(std::move(grant)));
  if (raw->is_default.value_or(false)) raw->word = "default";
  out.canned = raw->word.empty() ? word_of(out.grants, out.owner) : std::move(raw->word);
  return out;
}

Result<Tags> tags(const Dialect& d, std::string body) {
  auto raw = read<codec::RawTags>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  Tags out;
  for (auto& tag : raw->tags) out[std::move(tag.key)] = std::move(tag.value);
  return out;
}

Result<std::string> location(const Dialect& d, std::string body) {
  auto raw = read<codec::RawLocation>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  // Amazon's first region has no name here, and its second an old one.
  if (raw->region.empty()) return std::string(d.hosts.default_region);
  if (d.has(kLocationInBody) && raw->region == "EU") return std::string("eu-west-1");
  return region_of(d, std::move(raw->region));
}

Result<BucketProperties> properties(const Dialect& d, std::string body) {
  auto raw = read<codec::RawProperties>(d, std::move(body));
  if (!raw) return unexpected(std::move(raw).error());
  raw->bucket.region = region_of(d, std::move(raw->bucket.region));
  return std::move(raw->bucket);
}

Result<Deleted> deleted(const Dialect& d, std::string body) {
  Deleted out;
  if (body.find_first_not_of(" \t\r\n") == body.npos) return out;
  codec::RawDeleted nothing_yet;
  nothing_yet.known = 1;  // "{}" says that nothing failed
  auto raw = read(d, std::move(body), std::move(nothing_yet));
  if (!raw) return unexpected(std::move(raw).error());
  out.keys = std::move(raw->keys);
  out.failed = std::move(raw->failed);
  return out;
}

}  // namespace sluice::engine::decode
