// Finds the family of a request and hands it to that family's own check.
#include "signers/verifier.h"

#include <array>
#include <charconv>

#include "signers/digest.h"
#include "signers/judgement.h"
#include "signers/v4.h"

namespace sluice::signers {
namespace {

struct AuthorizationWord {
  std::string_view word;
  Scheme scheme;
};
constexpr auto kWords = std::to_array<AuthorizationWord>({{"AWS4-HMAC-SHA256 ", Scheme::sigv4},
                                                          {"TOS4-HMAC-SHA256 ", Scheme::tos4},
                                                          {"OSS4-HMAC-SHA256 ", Scheme::oss_v4},
                                                          {"OSS ", Scheme::oss_v1},
                                                          {"QS ", Scheme::qingstor},
                                                          {"q-sign-algorithm=", Scheme::cos}});

std::optional<Scheme> scheme_of_header(const Received& request) {
  const std::string* authorization = request.headers.find("Authorization");
  if (!authorization) return {};
  for (const auto& [word, scheme] : kWords)
    if (authorization->starts_with(word)) return scheme;
  return {};
}

std::optional<Scheme> scheme_of_query(const Received& request) {
  const auto has = [&request](std::string_view name) {
    return io::find_query(request.query, name) != nullptr;
  };
  if (has("X-Amz-Algorithm") || has("X-Amz-Signature")) return Scheme::sigv4;
  if (has("x-oss-signature-version") || has("x-oss-signature")) return Scheme::oss_v4;
  for (const auto& [name, value] : request.query)
    if (io::equal_ignoring_case(name, kTos4.algorithm_query) ||
        io::equal_ignoring_case(name, kTos4.signature_query))
      return Scheme::tos4;
  if (has("OSSAccessKeyId")) return Scheme::oss_v1;
  if (has("q-sign-algorithm") || has("q-signature")) return Scheme::cos;
  if (const auto* sign = io::find_query(request.query, "sign");
      sign && sign->starts_with("q-sign-algorithm="))
    return Scheme::cos;
  if (has("access_key_id") && has("signature")) return Scheme::qingstor;
  return {};
}

Verdict dispatch(Scheme scheme, const Received& request, bool presigned, const VerifyContext& context) {
  switch (scheme) {
    case Scheme::oss_v1:
      return verify_oss_v1(request, presigned, context);
    case Scheme::oss_v4:
      return verify_v4(kOssV4, request, presigned, context);
    case Scheme::cos:
      return verify_cos(request, presigned, context);
    case Scheme::tos4:
      return verify_v4(kTos4, request, presigned, context);
    case Scheme::qingstor:
      return verify_qingstor(request, presigned, context);
    case Scheme::sigv4:
      break;
  }
  return verify_v4(kSigV4, request, presigned, context);
}

}  // namespace

std::optional<Scheme> scheme_of(const Received& request) {
  const auto scheme = scheme_of_header(request);
  return scheme ? scheme : scheme_of_query(request);
}

Verdict verify(const Received& request, const VerifyContext& context) {
  const auto in_header = scheme_of_header(request);
  const auto in_query = scheme_of_query(request);
  const std::string* authorization = request.headers.find("Authorization");
  if (in_header && in_query) {
    Verdict verdict;
    verdict.scheme = in_header;
    return refuse(verdict, Refusal::malformed,
                  "Only one authentication may be given, in a header or in the URL");
  }
  if (!in_header && authorization && !authorization->empty())
    return refuse({}, Refusal::malformed, "The Authorization header is of no known kind");
  if (!in_header && !in_query) {
    Verdict verdict;
    verdict.anonymous = true;
    return verdict;
  }
  return dispatch(in_header ? *in_header : *in_query, request, !in_header, context);
}

Verdict refuse(Verdict verdict, Refusal refusal, std::string message) {
  verdict.refusal = refusal;
  verdict.message = std::move(message);
  return verdict;
}

const Account* find_account(Verdict& verdict, const VerifyContext& context) {
  const Account* account = context.find_account ? context.find_account(verdict.access_key) : nullptr;
  if (!account)
    verdict = refuse(std::move(verdict), Refusal::unknown_key, "The access key is not known here");
  return account;
}

bool in_time(Verdict& verdict, std::chrono::sys_seconds signed_at, const VerifyContext& context) {
  const auto away = signed_at > context.now ? signed_at - context.now : context.now - signed_at;
  if (away <= kAllowedSkew) return true;
  verdict =
      refuse(std::move(verdict), Refusal::skewed,
             "The request's time is " + std::to_string(away.count()) + " seconds away from the server's");
  return false;
}

Verdict conclude(Verdict verdict, const Account& account, const VerifyContext& context,
                 std::string_view signature_sent, const std::vector<Reading>& readings,
                 std::string_view token) {
  const Reading* held = nullptr;
  for (const Reading& reading : readings)
    if (!held && same_secret(reading.signature, signature_sent)) held = &reading;
  const Reading& shown = held ? *held : readings.front();
  verdict.string_to_sign = shown.string_to_sign;
  verdict.canonical_request = shown.canonical_request;
  if (!held)
    return refuse(std::move(verdict), Refusal::mismatch,
                  "The signature does not match the one calculated here");

  const std::string& expected = account.credentials.security_token;
  if (!expected.empty() && token.empty())
    return refuse(std::move(verdict), Refusal::token_missing, "This access key needs its security token");
  if (!same_secret(expected, token))
    return refuse(std::move(verdict), Refusal::token_missing, "The security token is not this access key's");
  if (account.expires && context.now >= *account.expires)
    return refuse(std::move(verdict), Refusal::token_expired, "The security token has expired");
  return verdict;
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.size() > 15 || text.front() < '0' || text.front() > '9') return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace sluice::signers
