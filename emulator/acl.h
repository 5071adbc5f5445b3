// Acl: who may do what with a bucket or an object: a canned word, or grants one by one.
//
// The dialects spell grantees and permissions their own way; here they are the same for all. An account
// of the store may do everything: grants decide what is answered, and what a request without a signature
// may do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::emulator {

enum class Grantee {
  user,       ///< `user` says which
  everybody,  ///< with or without a signature
  signed_in,  ///< every account
};

struct Grant {
  Grantee whom = Grantee::user;
  std::string user{};        ///< the vendor's id, exactly as given
  std::string permission{};  ///< READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL
  bool operator==(const Grant&) const = default;
};

struct Acl {
  std::string canned{};  ///< "private", "public-read", ...; empty when the grants say it
  std::vector<Grant> grants{};
};

/// The id that COS has for everybody, in headers and in documents.
inline constexpr std::string_view kAnyone = "qcs::cam::anyone:anyone";

/// As it is stored: the canned word, or "whom/user/permission;..." ("/" for none). An empty text is
/// `fallback`.
Acl parse_acl(std::string_view text, std::string_view fallback = "private");
std::string format_acl(const Acl&);

/// The grants, those of a canned word too: the owner's first.
std::vector<Grant> grants_of(const Acl&, const std::string& owner);
bool everybody_may(const Acl&, std::string_view permission);
bool is_permission(std::string_view);

}  // namespace sluice::emulator
