#include "engine/request_properties.h"

#include <algorithm>
#include <array>

#include "engine/request_text.h"
#include "io/http.h"

namespace sluice::engine::request {
namespace {

Draft property(std::string operation, std::string method, Ref ref, std::string name) {
  operation += ref.key.empty() ? " of bucket" : " of object";
  return {.operation = std::move(operation),
          .method = std::move(method),
          .ref = std::move(ref),
          .query = {{std::move(name), ""}}};
}

Operation which(const Ref& ref, Operation of_bucket, Operation of_object) {
  return ref.key.empty() ? of_bucket : of_object;
}

Result<void> check_acl(const Dialect& d, const Ref& ref, const Acl& acl) {
  if (auto offered = check_offered(d, which(ref, Operation::bucket_acl, Operation::object_acl)); !offered)
    return offered;
  if (acl.canned.empty() == acl.grants.empty())
    return fail(ErrorKind::argument, "an ACL is set by a word or by grants, one of them");
  const auto harmless = [](const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
  };
  bool fine = harmless(acl.canned);
  for (const Grant& grant : acl.grants) {
    fine = fine && !grant.permission.empty() && harmless(grant.permission) && harmless(grant.user);
    if (grant.to == Grant::To::user && grant.user.empty())
      return fail(ErrorKind::argument, "a grant to a user names no user");
  }
  if (!fine) return fail(ErrorKind::argument, "the ACL holds a character that no word has");
  if (acl.grants.empty()) return {};
  return check_offered(d, which(ref, Operation::bucket_grants, Operation::object_grants));
}

/// READ_ACP -> grant-read-acp
std::string grant_header(const std::string& permission) {
  std::string name = "grant-" + io::lower_case(permission);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

Result<void> add_grant_headers(const Dialect& d, const std::vector<Grant>& grants, io::Headers& headers) {
  for (const Grant& grant : grants) {
    const auto who = grant.to == Grant::To::user       ? "id=\"" + grant.user + "\""
                     : grant.to == Grant::To::everyone ? std::string(d.everyone)
                                                       : std::string(d.authenticated);
    if (who.empty())
      return fail(ErrorKind::argument,
                  std::string(d.vendor) + " takes no grants to authenticated users",
                  "set the word authenticated-read");
    const auto name = header_name(d, grant_header(grant.permission));
    const auto before = headers.get(name);
    headers.set(name, before.empty() ? who : before + ", " + who);
  }
  return {};
}

Result<std::string> grants_list(const Dialect& d, const std::vector<Grant>& grants) {
  std::string items;
  for (const Grant& grant : grants) {
    if (grant.to == Grant::To::authenticated)
      return fail(ErrorKind::argument, std::string(d.vendor) + " has no group of authenticated users");
    const auto who = grant.to == Grant::To::user ? R"("type":"user","id":)" + json_string(grant.user)
                                                 : std::string(R"("type":"group","name":"QS_ALL_USERS")");
    items += (items.empty() ? "" : ",") + (R"({"grantee":{)" + who + R"(},"permission":)") +
             json_string(grant.permission) + "}";
  }
  return R"({"acl":[)" + items + "]}";
}

/// For stores that know no words. What the owner may do needs no grant.
Result<std::vector<Grant>> grants_of_word(const Dialect& d, const std::string& word) {
  const Grant read{Grant::To::everyone, "", "READ"}, write{Grant::To::everyone, "", "WRITE"};
  if (word == "private") return std::vector<Grant>();
  if (word == "public-read") return std::vector<Grant>{read};
  if (word == "public-read-write") return std::vector<Grant>{read, write};
  return fail(ErrorKind::argument, std::string(d.vendor) + " has no ACL '" + word + "'",
              "give private, public-read, public-read-write, or grants");
}

std::string tags_xml(const Tags& tags) {
  std::string items;
  for (const auto& [key, value] : tags)
    items += "<Tag>" + element("Key", key) + element("Value", value) + "</Tag>";
  return "<Tagging><TagSet>" + items + "</TagSet></Tagging>";
}
std::string tags_json(const Tags& tags) {
  std::string items;
  for (const auto& [key, value] : tags)
    items += (items.empty() ? "" : ",") + (R"({"Key":)" + json_string(key)) + R"(,"Value":)" +
             json_string(value) + "}";
  return R"({"TagSet":{"Tags":[)" + items + "]}}";
}

Result<Draft> tagging(const Dialect& d, Ref ref, std::string operation, std::string method) {
  if (auto offered = check_offered(d, which(ref, Operation::bucket_tags, Operation::object_tags)); !offered)
    return unexpected(std::move(offered).error());
  return property(std::move(operation), std::move(method), std::move(ref), "tagging");
}

}  // namespace

Result<Draft> get_acl(const Dialect& d, Ref ref) {
  if (auto offered = check_offered(d, which(ref, Operation::bucket_acl, Operation::object_acl)); !offered)
    return unexpected(std::move(offered).error());
  return property("get ACL", "GET", std::move(ref), "acl");
}

Result<Draft> set_acl(const Dialect& d, Ref ref, const Acl& acl) {
  if (auto fine = check_acl(d, ref, acl); !fine) return unexpected(std::move(fine).error());
  Draft r = property("set ACL", "PUT", std::move(ref), "acl");
  if (d.grants == GrantForm::lists) {
    auto grants = acl.canned.empty() ? Result<std::vector<Grant>>(acl.grants) : grants_of_word(d, acl.canned);
    if (!grants) return unexpected(std::move(grants).error());
    auto list = grants_list(d, *grants);
    if (!list) return unexpected(std::move(list).error());
    set_body(r, Body::json, *std::move(list));
  } else if (!acl.canned.empty()) {
    const auto word = r.ref.key.empty() ? d.header.bucket_acl : d.header.acl;
    r.headers.set(header_name(d, word), acl.canned);
  } else if (auto added = add_grant_headers(d, acl.grants, r.headers); !added) {
    return unexpected(std::move(added).error());
  }
  return r;
}

Result<Draft> get_tags(const Dialect& d, Ref ref) {
  return tagging(d, std::move(ref), "get tags", "GET");
}

Result<Draft> set_tags(const Dialect& d, Ref ref, const Tags& tags) {
  auto r = tagging(d, std::move(ref), "set tags", "PUT");
  if (!r) return r;
  for (const auto& [key, value] : tags)
    if (key.empty() || !fits_xml(key) || !fits_xml(value))
      return fail(ErrorKind::argument, "a tag has no name or holds a character that no document carries");
  const bool xml = d.wire == Wire::xml;
  set_body(*r, xml ? Body::xml : Body::json, xml ? tags_xml(tags) : tags_json(tags));
  return r;
}

Result<Draft> remove_tags(const Dialect& d, Ref ref) {
  return tagging(d, std::move(ref), "remove tags", "DELETE");
}

Result<Draft> allow_renames(const Dialect& d, std::string bucket, bool on) {
  if (auto offered = check_offered(d, Operation::rename_switch); !offered)
    return unexpected(std::move(offered).error());
  Draft r = property("allow renames", "PUT", Ref{std::move(bucket), ""}, std::string(d.query.rename));
  set_body(r, Body::json, on ? R"({"RenameEnable":true})" : R"({"RenameEnable":false})");
  return r;
}

}  // namespace sluice::engine::request
