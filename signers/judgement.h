// Steps that verifying has in common for every family, and the families' own entry points.
//
// Order of the checks: syntax, key, time, region, unsigned headers, signature, token. What needs the
// secret comes after what does not, and a token is looked at only under a signature that holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signers/verifier.h"

namespace sluice::signers {

inline constexpr std::chrono::minutes kAllowedSkew{15};
inline constexpr std::int64_t kLongestLifetime = 604800;  // seconds, of a presigned URL of the V4 families

Verdict refuse(Verdict, Refusal, std::string message);

/// Fills in the account or the refusal.
const Account* find_account(Verdict&, const VerifyContext&);

/// Refuses a header date that is too far away.
bool in_time(Verdict&, std::chrono::sys_seconds signed_at, const VerifyContext&);

/// One way to read the request; a family may know several that are as good.
struct Reading {
  std::string string_to_sign, canonical_request, signature;
};
/// Accepts the reading whose signature was sent, then looks at the token.
Verdict conclude(Verdict, const Account&, const VerifyContext&, std::string_view signature_sent,
                 const std::vector<Reading>&, std::string_view token);

/// Digits only.
std::optional<std::int64_t> parse_seconds(std::string_view text);

struct V4Family;
Verdict verify_v4(const V4Family&, const Received&, bool presigned, const VerifyContext&);
Verdict verify_oss_v1(const Received&, bool presigned, const VerifyContext&);
Verdict verify_cos(const Received&, bool presigned, const VerifyContext&);
Verdict verify_qingstor(const Received&, bool presigned, const VerifyContext&);

}  // namespace sluice::signers
