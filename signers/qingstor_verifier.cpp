// Verifies QingStor signatures.
#include "io/percent.h"
#include "io/time_text.h"
#include "signers/judgement.h"
#include "signers/plain_text.h"
#include "signers/qingstor.h"

namespace sluice::signers {
namespace {

/// Names decoded, values as sent: the vendor's Python client signs those.
io::Query raw_values(std::string_view text) {
  io::Query query;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    const auto equals = pair.find('=');
    if (!pair.empty())
      query.emplace_back(io::percent_decode(pair.substr(0, equals), true),
                         equals == pair.npos ? std::string_view{} : pair.substr(equals + 1));
  }
  return query;
}

/// The signed path. At bucket level /bucket and /bucket/ are both taken.
std::vector<std::string> resource_paths(const Received& request) {
  const std::string& bucket = request.resource.bucket;
  const bool in_host = qingstor_bucket_in_host(request.headers.get("Host"), bucket);
  std::string path = in_host ? "/" + bucket + request.path : request.path;
  if (bucket.empty() || !request.resource.key.empty()) return {path};
  std::string other = path.ends_with('/') ? path.substr(0, path.size() - 1) : path + "/";
  return {std::move(path), std::move(other)};
}

}  // namespace

Verdict verify_qingstor(const Received& request, bool presigned, const VerifyContext& context) {
  Verdict verdict;
  verdict.scheme = Scheme::qingstor;
  verdict.presigned = presigned;
  std::string signature, date;
  std::optional<std::chrono::sys_seconds> signed_at;
  std::optional<std::int64_t> expires;

  if (presigned) {
    const auto get = [&request](std::string_view name) {
      const auto* value = io::find_query(request.query, name);
      return value ? *value : std::string();
    };
    verdict.access_key = get("access_key_id");
    signature = get("signature");
    date = get("expires");
    expires = parse_seconds(date);
    if (!expires) return refuse(verdict, Refusal::malformed, "expires must be a time in seconds");
  } else {
    const auto text = request.headers.get("Authorization").substr(std::string_view("QS ").size());
    const auto colon = text.rfind(':');
    if (colon != text.npos) {
      verdict.access_key = trim_blanks(std::string_view(text).substr(0, colon));
      signature = trim_blanks(std::string_view(text).substr(colon + 1));
    }
    const std::string* own = request.headers.find("x-qs-date");
    const std::string sent(trim_blanks(own ? *own : request.headers.get("Date")));
    signed_at = io::parse_http_date(sent);
    if (!own) date = sent;
  }
  if (verdict.access_key.empty() || signature.empty())
    return refuse(verdict, Refusal::malformed, "The authorization must hold an access key and a signature");
  if (!presigned && !signed_at)
    return refuse(verdict, Refusal::malformed, "The request's date is missing or cannot be parsed");

  const Account* account = find_account(verdict, context);
  if (!account) return verdict;
  if (!presigned && !in_time(verdict, *signed_at, context)) return verdict;
  if (presigned && context.now.time_since_epoch().count() > *expires)
    return refuse(verdict, Refusal::expired, "Request has expired");

  std::vector<Reading> readings;
  for (const io::Query& query : {request.query, raw_values(request.raw_query)}) {
    for (const std::string& path : resource_paths(request)) {
      Reading reading;
      reading.string_to_sign = qingstor_string_to_sign(request.method, request.headers, date, path, query);
      reading.signature = qingstor_signature(account->credentials, reading.string_to_sign);
      readings.push_back(std::move(reading));
    }
  }
  return conclude(std::move(verdict), *account, context, signature, readings, {});
}

}  // namespace sluice::signers
