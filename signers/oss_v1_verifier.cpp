// Verifies OSS V1.
#include "io/time_text.h"
#include "signers/judgement.h"
#include "signers/oss_v1.h"
#include "signers/plain_text.h"

namespace sluice::signers {

Verdict verify_oss_v1(const Received& request, bool presigned, const VerifyContext& context) {
  Verdict verdict;
  verdict.scheme = Scheme::oss_v1;
  verdict.presigned = presigned;
  std::string signature, date, token;
  std::optional<std::chrono::sys_seconds> signed_at;
  std::optional<std::int64_t> expires;

  const auto get = [&request](std::string_view name) {
    const auto* value = io::find_query(request.query, name);
    return value ? *value : std::string();
  };
  if (presigned) {
    verdict.access_key = get("OSSAccessKeyId");
    signature = get("Signature");
    date = get("Expires");
    token = get("security-token");
    expires = parse_seconds(date);
    if (!expires) return refuse(verdict, Refusal::malformed, "Expires must be a time in seconds");
  } else {
    const auto text = request.headers.get("Authorization").substr(std::string_view("OSS ").size());
    const auto colon = text.rfind(':');
    if (colon != text.npos) {
      verdict.access_key = trim_blanks(std::string_view(text).substr(0, colon));
      signature = trim_blanks(std::string_view(text).substr(colon + 1));
    }
    const std::string* own = request.headers.find("x-oss-date");
    date = trim_blanks(own ? *own : request.headers.get("Date"));
    signed_at = io::parse_http_date(date);
  }
  // One generation of the vendor's own clients sends the token under a name without prefix.
  if (token.empty()) token = request.headers.get("x-oss-security-token");
  if (token.empty()) token = request.headers.get("security-token");
  if (verdict.access_key.empty() || signature.empty())
    return refuse(verdict, Refusal::malformed, "The authorization must hold an access key and a signature");
  if (!presigned && !signed_at)
    return refuse(verdict, Refusal::malformed, "The request's date is missing or cannot be parsed");

  const Account* account = find_account(verdict, context);
  if (!account) return verdict;
  if (!presigned && !in_time(verdict, *signed_at, context)) return verdict;
  if (presigned && context.now.time_since_epoch().count() > *expires)
    return refuse(verdict, Refusal::expired, "Request has expired");

  Reading reading;
  reading.string_to_sign =
      oss_v1_string_to_sign(request.method, request.headers, date, request.resource, request.query);
  reading.signature = oss_v1_signature(account->credentials, reading.string_to_sign);
  return conclude(std::move(verdict), *account, context, signature, {reading}, token);
}

}  // namespace sluice::signers
