// Verifies SigV4, TOS4 and OSS V4: reads the claim out of header or URL, then makes the texts anew.
#include <algorithm>
#include <array>

#include "io/percent.h"
#include "io/time_text.h"
#include "signers/judgement.h"
#include "signers/plain_text.h"
#include "signers/v4.h"

namespace sluice::signers {
namespace {

/// What the client says about its signature.
struct Claim {
  std::string credential, signature;
  std::string signed_names;  ///< "a;b"
  std::string date;          ///< YYYYMMDDTHHMMSSZ
  std::string day, region, service, terminator;
  std::int64_t expires = 0;
  std::string token;
  std::chrono::sys_seconds signed_at;
};

const std::string* find_parameter(const V4Family& family, const io::Query& query, std::string_view name) {
  for (const auto& [key, value] : query)
    if (key == name || (family.any_case_query && io::equal_ignoring_case(key, name))) return &value;
  return nullptr;
}

/// "Credential=..., SignedHeaders=..., Signature=..." in any order, with or without blanks.
bool read_authorization(const V4Family& family, std::string_view text, Claim& claim) {
  text.remove_prefix(std::min(text.size(), family.algorithm.size()));
  bool names_seen = false;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto field = trim_blanks(text.substr(0, comma));
    text = comma == text.npos ? std::string_view{} : text.substr(comma + 1);
    if (field.empty()) continue;
    const auto equals = field.find('=');
    if (equals == field.npos) return false;
    const auto name = trim_blanks(field.substr(0, equals));
    const std::string value(trim_blanks(field.substr(equals + 1)));
    if (name == "Credential" && claim.credential.empty())
      claim.credential = value;
    else if (name == "Signature" && claim.signature.empty())
      claim.signature = value;
    else if (name == family.headers_field && !names_seen)
      claim.signed_names = value, names_seen = true;
    else
      return false;
  }
  return true;
}

/// Splits from the right: an access key may hold '/'.
bool split_credential(Claim& claim, std::string& access_key) {
  std::string_view rest = claim.credential;
  for (std::string* part : {&claim.terminator, &claim.service, &claim.region, &claim.day}) {
    const auto slash = rest.rfind('/');
    if (slash == rest.npos) return false;
    *part = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  access_key = rest;
  return !access_key.empty();
}

/// The date of a header signature: the family's own header, else Date in either form.
std::string header_date(const V4Family& family, const io::Headers& headers) {
  if (const auto* own = headers.find(family.date_header)) return std::string(trim_blanks(*own));
  const std::string date(trim_blanks(headers.get("Date")));
  if (const auto time = io::parse_http_date(date)) return io::basic_time(*time);
  return date;
}

bool lists(std::string_view names, std::string_view wanted) {
  while (!names.empty()) {
    const auto end = names.find(';');
    if (io::equal_ignoring_case(names.substr(0, end), wanted)) return true;
    names = end == names.npos ? std::string_view{} : names.substr(end + 1);
  }
  return false;
}

/// A header that should be signed and is not; empty if all is well.
std::string unsigned_header(const V4Family& family, const Received& request, const Claim& claim,
                            bool presigned) {
  if (!family.lists_all_headers) return {};  // OSS signs all of its headers without listing them
  if (!lists(claim.signed_names, "host")) return "host";
  for (const auto& [name, value] : request.headers) {
    const auto lower = io::lower_case(name);
    if (!lower.starts_with(family.header_prefix) || lists(claim.signed_names, lower)) continue;
    // Clients repeat the payload word beside a presigned URL, which says it already.
    if (presigned && lower == family.payload_header) continue;
    return lower;
  }
  return {};
}

bool is_payload_word(std::string_view text) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex)) return true;
  return text == payload::kUnsigned || text == payload::kUnsignedTrailer || text == payload::kSigned ||
         text == payload::kSignedTrailer;
}

/// The last line of the canonical request, and in the verdict what the client declared.
std::string payload_line(const V4Family& family, const Received& request, const Claim& claim,
                         Verdict& verdict) {
  const std::string* header = request.headers.find(family.payload_header);
  if (header && verdict.presigned && !lists(claim.signed_names, family.payload_header)) header = nullptr;
  if (family.scheme == Scheme::oss_v4)
    return header && !verdict.presigned ? *header : std::string(payload::kUnsigned);
  if (header) return verdict.payload_hash = trim_blanks(*header);
  if (verdict.presigned) return verdict.payload_hash = payload::kUnsigned;
  // TOS takes the hash of nothing, even when there is a body: nothing is declared about that.
  return std::string(kEmptySha256);
}

std::vector<std::string> paths(const V4Family& family, const Received& request) {
  if (family.signs_resource) return {v4_resource_path(request.resource)};
  // Some clients leave characters raw on the wire that they encode in the text, some the other way.
  std::string encoded = io::encode_path(io::percent_decode(request.path));
  if (encoded == request.path) return {encoded};
  return {encoded, request.path};
}

bool refused(Verdict& verdict, Refusal refusal, std::string message) {
  verdict = refuse(std::move(verdict), refusal, std::move(message));
  return false;
}

bool read_url(const V4Family& family, const Received& request, Claim& claim, Verdict& verdict) {
  const auto get = [&](std::string_view name) {
    const auto* value = find_parameter(family, request.query, name);
    return value ? *value : std::string();
  };
  if (get(family.algorithm_query) != family.algorithm)
    return refused(verdict, Refusal::malformed,
                   std::string(family.algorithm_query) + " is missing or not supported");
  claim.credential = get(family.credential_query);
  claim.signature = get(family.signature_query);
  claim.signed_names = get(family.headers_query);
  claim.date = get(family.date_query);
  claim.token = get(family.token_query);
  const auto expires = parse_seconds(get(family.expires_query));
  if (!expires || *expires < 1 || *expires > kLongestLifetime)
    return refused(verdict, Refusal::malformed,
                   std::string(family.expires_query) + " must be a number of seconds from 1 to 604800");
  claim.expires = *expires;
  return true;
}

/// Fills claim and verdict, or refuses what cannot be parsed.
bool read_claim(const V4Family& family, const Received& request, Claim& claim, Verdict& verdict) {
  if (verdict.presigned) {
    if (!read_url(family, request, claim, verdict)) return false;
  } else {
    if (!read_authorization(family, request.headers.get("Authorization"), claim))
      return refused(verdict, Refusal::malformed, "The Authorization header cannot be parsed");
    claim.date = header_date(family, request.headers);
  }
  if (claim.token.empty()) claim.token = request.headers.get(family.token_header);
  if (claim.signature.empty() || !split_credential(claim, verdict.access_key) ||
      claim.terminator != family.terminator)
    return refused(verdict, Refusal::malformed,
                   "The credential must be KEY/YYYYMMDD/REGION/" + std::string(family.service) + "/" +
                       std::string(family.terminator) + ", with a signature");
  verdict.signed_region = claim.region;
  verdict.signed_date = claim.date;
  verdict.seed_signature = claim.signature;
  const auto signed_at = io::parse_basic_time(claim.date);
  if (!signed_at)
    return refused(verdict, Refusal::malformed, "The request's date is missing or not YYYYMMDDTHHMMSSZ");
  claim.signed_at = *signed_at;
  if (claim.day != std::string_view(claim.date).substr(0, 8))
    return refused(verdict, Refusal::malformed,
                   "The day in the credential is not the day of the request's date");
  return true;
}

bool timely(const Claim& claim, const VerifyContext& context, Verdict& verdict) {
  if (!verdict.presigned) return in_time(verdict, claim.signed_at, context);
  if (claim.signed_at > context.now + kAllowedSkew)
    return refused(verdict, Refusal::skewed, "The URL is not valid yet");
  if (context.now > claim.signed_at + std::chrono::seconds(claim.expires))
    return refused(verdict, Refusal::expired, "Request has expired");
  return true;
}

bool in_scope(const V4Family& family, const Claim& claim, const VerifyContext& context, Verdict& verdict) {
  if (claim.service != family.service)
    return refused(verdict, Refusal::wrong_region,
                   "The service in the credential is wrong; expecting '" + std::string(family.service) + "'");
  if (!context.region.empty() && claim.region != context.region)
    return refused(verdict, Refusal::wrong_region,
                   "The region '" + claim.region + "' is wrong; expecting '" + context.region + "'");
  return true;
}

/// S3 insists on the payload header and on its words.
bool declares_payload(const V4Family& family, const std::string& payload, Verdict& verdict) {
  if (family.scheme != Scheme::sigv4) return true;
  if (!is_payload_word(payload))
    return refused(
        verdict, Refusal::malformed,
        std::string(family.payload_header) + " must be UNSIGNED-PAYLOAD, a STREAMING word or a SHA-256");
  if (!verdict.presigned && verdict.payload_hash.empty())
    return refused(verdict, Refusal::malformed,
                   "Missing required header for this request: " + std::string(family.payload_header));
  return true;
}

std::vector<Reading> read_texts(const V4Family& family, const Received& request, const Claim& claim,
                                const Credentials& who, bool presigned, std::string_view payload) {
  const auto choose = [&](std::string_view name, std::string_view value) {
    if (family.lists_all_headers) return lists(claim.signed_names, name) ? Signed::listed : Signed::no;
    if (v4_always_signed(family, name)) return Signed::yes;
    return !value.empty() && lists(claim.signed_names, name) ? Signed::listed : Signed::no;
  };
  const V4Headers headers = v4_headers(family, request.headers, {}, choose);
  const std::string query =
      v4_query(family, request.query, presigned ? family.signature_query : std::string_view{});
  const std::string scope = v4_scope(family, claim.day, claim.region);
  const HmacKey& key = v4_day_key(family, who, claim.day, claim.region);
  std::vector<Reading> readings;
  for (const std::string& path : paths(family, request)) {
    Reading reading;
    reading.canonical_request = v4_canonical_request(request.method, path, query, headers, payload);
    reading.string_to_sign = v4_string_to_sign(family, claim.date, scope, reading.canonical_request);
    reading.signature = key.sign_hex(reading.string_to_sign);
    readings.push_back(std::move(reading));
  }
  return readings;
}

}  // namespace

Verdict verify_v4(const V4Family& family, const Received& request, bool presigned,
                  const VerifyContext& context) {
  Verdict verdict;
  verdict.scheme = family.scheme;
  verdict.presigned = presigned;
  Claim claim;
  if (!read_claim(family, request, claim, verdict)) return verdict;
  const Account* account = find_account(verdict, context);
  if (!account) return verdict;
  if (!timely(claim, context, verdict) || !in_scope(family, claim, context, verdict)) return verdict;
  if (const auto name = unsigned_header(family, request, claim, presigned); !name.empty())
    return refuse(std::move(verdict), Refusal::unsigned_header,
                  "There is a header that is not signed: " + name);
  const std::string payload = payload_line(family, request, claim, verdict);
  if (!declares_payload(family, payload, verdict)) return verdict;
  const auto readings = read_texts(family, request, claim, account->credentials, presigned, payload);
  return conclude(std::move(verdict), *account, context, claim.signature, readings, claim.token);
}

}  // namespace sluice::signers
