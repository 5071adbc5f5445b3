// Vendors' codes and statuses to meaning. The lists come from the vendors' error pages and SDKs.
#include "engine/store_refusal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "engine/codec_decode.h"
#include "io/percent.h"
#include "io/time_text.h"
#include "signers/digest.h"

namespace sluice::engine {
namespace {

constexpr std::size_t kRawBodyBytes = 64u << 10;

struct CodeStatus {
  std::string_view code;
  int status;
};
// Statuses of errors that arrive inside a 200.
constexpr CodeStatus kStatusOfCode[] = {
    {"AccessDenied", 403},      {"InvalidAccessKeyId", 403}, {"NoSuchBucket", 404},
    {"NoSuchKey", 404},         {"NoSuchUpload", 404},       {"InvalidPart", 400},
    {"InvalidPartOrder", 400},  {"EntityTooSmall", 400},     {"EntityTooLarge", 400},
    {"InvalidRequest", 400},    {"InvalidArgument", 400},    {"PreconditionFailed", 412},
    {"BadDigest", 400},         {"SlowDown", 503},           {"ServiceUnavailable", 503},
    {"FileAlreadyExists", 409}, {"InvalidObjectState", 403}, {"SourceObjectNotFound", 404}};

constexpr std::string_view kRetryable[] = {"RequestTimeout",
                                           "RequestTimeOut",
                                           "IncompleteBody",
                                           "incomplete_body",
                                           "InternalError",
                                           "internal_error",
                                           "OperationAborted",
                                           "ConditionalRequestConflict",
                                           "TryAgain",
                                           "BadDigest",
                                           "bad_digest",
                                           "upstream_failed",
                                           "XAmzContentSHA256Mismatch",
                                           "max_requests_exceeded"};
constexpr std::string_view kThrottled[] = {"SlowDown",
                                           "slow_down",
                                           "TooManyRequests",
                                           "Throttling",
                                           "ThrottlingException",
                                           "BandwidthLimitExceeded",
                                           "QpsLimitExceeded",
                                           "TotalQpsLimitExceeded",
                                           "DownloadTrafficRateLimitExceeded",
                                           "UploadTrafficRateLimitExceeded",
                                           "MetaOperationQpsLimitExceeded",
                                           "ActiveRequestLimitExceeded",
                                           "ExceedQPSLimit",
                                           "ExceedRateLimit",
                                           "ExceedAccountQPSLimit",
                                           "ExceedBucketQPSLimit",
                                           "ExceedClusterQPSLimit",
                                           "ExceedAccountRateLimit",
                                           "ExceedBucketRateLimit",
                                           "ExceedClusterRateLimit",
                                           "ConcurrencyUpdateObjectLimit",
                                           "UserNetworkTooSlow",
                                           "fetch_throttled",
                                           "max_requests_exceeded"};
constexpr std::string_view kSkewed[] = {"RequestTimeTooSkewed", "request_expired", "RequestExpired"};

template <std::size_t N>
bool in(const std::string_view (&list)[N], std::string_view code) {
  return std::find(std::begin(list), std::end(list), code) != std::end(list);
}
bool is_any(std::string_view code, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

std::string code_of_status(int status) {
  switch (status) {
    case 301:
      return "PermanentRedirect";
    case 302:
    case 303:
    case 307:
    case 308:
      return "TemporaryRedirect";
    case 304:
      return "NotModified";
    case 400:
      return "BadRequest";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 405:
      return "MethodNotAllowed";
    case 408:
      return "RequestTimeout";
    case 409:
      return "Conflict";
    case 411:
      return "MissingContentLength";
    case 412:
      return "PreconditionFailed";
    case 413:
      return "EntityTooLarge";
    case 416:
      return "InvalidRange";
    case 429:
      return "TooManyRequests";
    case 500:
      return "InternalError";
    case 501:
      return "NotImplemented";
    case 502:
      return "BadGateway";
    case 503:
      return "ServiceUnavailable";
    case 504:
      return "GatewayTimeout";
    default:
      return "HTTP" + std::to_string(status);
  }
}

/// One line without control characters: it goes to terminals and logs.
std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  if (text.size() > 500) text = text.substr(0, 500) + "...";
  return text;
}

/// What a page that is no error document says in its title or, being a few words, altogether.
std::string words_of_page(const std::string& body) {
  const auto lower = io::lower_case(body.substr(0, 4096));
  if (const auto open = lower.find("<title>"); open != lower.npos) {
    const auto from = open + std::string_view("<title>").size();
    const auto close = lower.find("</title>", from);
    return one_line(body.substr(from, close == lower.npos ? 100 : close - from));
  }
  const bool text = lower.find_first_of("<{") == lower.npos;
  return text ? one_line(body.substr(0, 100)) : std::string();
}

std::string host_of(const std::string& location) {
  const auto url = io::parse_url(location);
  return url ? url->host : "";
}

}  // namespace

void judge(ServiceError& e) {
  e.throttled = e.status == 429 || e.status == 503 || e.status == 509 || in(kThrottled, e.code);
  const bool server_fault = e.status >= 500 && e.status != 501 && e.status != 505;
  e.retryable = e.throttled || server_fault || e.status == 408 || in(kRetryable, e.code);
}

ServiceError read_refusal(const Dialect& d, const io::Response& r, bool hidden) {
  ServiceError e;
  e.status = r.status;
  e.request_id = r.headers.get(d.request_id_header);
  if (!d.trace_id_header.empty()) e.trace_id = r.headers.get(d.trace_id_header);
  e.raw_body = r.body.substr(0, kRawBodyBytes);

  auto told = decode::error(r.body);
  if (!told && d.has(kErrorInHeadHeader))
    if (const auto* coded = r.headers.find("x-oss-err"))
      if (const auto xml = signers::base64_decode(*coded)) told = decode::error(*xml);
  if (told) {
    e.code = one_line(std::move(told->code));
    e.message = one_line(std::move(told->message));
    e.resource = one_line(std::move(told->resource));
    e.region = one_line(std::move(told->region));
    e.endpoint = one_line(std::move(told->endpoint));
    if (e.request_id.empty()) e.request_id = one_line(std::move(told->request_id));
    if (e.trace_id.empty()) e.trace_id = one_line(std::move(told->trace_id));
  }
  if (!told && !r.body.empty()) e.message = words_of_page(r.body);
  if (hidden) {
    e.status = 500;
    for (const auto& [code, status] : kStatusOfCode)
      if (code == e.code) e.status = status;
  }
  if (e.code.empty()) e.code = code_of_status(e.status);
  if (const auto* region = r.headers.find(header_name(d, "bucket-region")); region && e.region.empty())
    e.region = *region;
  if (const auto* location = r.headers.find("Location");
      location && e.endpoint.empty() && e.status / 100 == 3)
    e.endpoint = host_of(*location);
  judge(e);
  return e;
}

std::string region_named(const Dialect& d, const ServiceError& e) {
  const bool about_region = e.status / 100 == 3 || e.code == "AuthorizationHeaderMalformed" ||
                            e.code == "IllegalLocationConstraintException" || e.code == "BadRequest";
  if (!about_region) return {};
  if (!e.region.empty()) return e.region;
  std::string_view host = e.endpoint;
  while (!host.empty()) {  // the bucket, which may hold dots, stands in front
    if (auto region = region_of_host(d, host); !region.empty()) return region;
    const auto dot = host.find('.');
    if (dot == host.npos) break;
    host.remove_prefix(dot + 1);
  }
  return {};
}

std::optional<std::chrono::seconds> clock_difference(const ServiceError& e, const io::Response& r,
                                                     std::chrono::sys_seconds now) {
  using namespace std::chrono_literals;
  if (e.status != 400 && e.status != 401 && e.status != 403) return {};
  const auto date = io::parse_http_date(r.headers.get("Date"));
  if (!date) return {};
  const auto difference = *date - now;
  const bool says_so = in(kSkewed, e.code) || e.message.find("expired") != std::string::npos ||
                       e.message.find("kewed") != std::string::npos;
  // Vendors allow 15 minutes, but for COS, whose signatures begin a minute before they were made.
  const auto tolerated = says_so ? 10s : 5min;
  if (std::chrono::abs(difference) < tolerated) return {};
  return difference;
}

bool token_ended(const ServiceError& e) {
  return is_any(e.code, {"ExpiredToken", "SecurityTokenExpired", "InvalidSecurityToken", "InvalidToken"});
}

Error refusal_error(const Dialect& d, const Endpoint& endpoint, ServiceError e,
                    std::optional<std::chrono::seconds> clock_off) {
  Error out;
  out.kind = ErrorKind::service;
  out.message = e.message;
  const auto& code = e.code;
  const auto region = region_named(d, e);
  if (clock_off) {
    const auto minutes = std::llabs(clock_off->count()) / 60;
    out.hint = "check the clock: it is " +
               (minutes > 0 ? std::to_string(minutes) + " min"
                            : std::to_string(std::llabs(clock_off->count())) + " s") +
               (clock_off->count() > 0 ? " behind" : " ahead of") + " the store's";
  } else if (e.status / 100 == 3) {
    if (out.message.empty())
      out.message = "the store redirects" + (e.endpoint.empty() ? "" : " to " + e.endpoint);
    out.hint = !region.empty() ? "the bucket is in region " + region + ": give --region " + region
               : !e.endpoint.empty()
                   ? "credentials are not sent to another host: if it is the right one, give --endpoint " +
                         e.endpoint
                   : "redirects are not followed: check endpoint and region";
  } else if (!region.empty() && region != endpoint.region()) {
    out.hint = "the bucket is in region " + region + ": give --region " + region;
  } else if (!e.endpoint.empty()) {
    out.hint = "the store says to use endpoint " + e.endpoint;
  } else if (is_any(code, {"SecondLevelDomainForbidden", "InvalidPathAccess"})) {
    out.hint = "this endpoint wants the bucket in the host name: use --addressing virtual";
  } else if (is_any(code, {"SignatureDoesNotMatch", "signature_not_matched"})) {
    out.hint = "check the secret key";
  } else if (is_any(code, {"InvalidAccessKeyId", "invalid_access_key_id"})) {
    out.hint = "check the access key, and that it belongs to this store";
  } else if (token_ended(e)) {
    out.hint = "the temporary credentials have ended: get new ones";
  } else if (is_any(code, {"NoSuchBucket", "bucket_not_exists"})) {
    out.hint = "check the bucket's name, the region and the account";
  } else if (is_any(code, {"InvalidObjectState", "ObjectNotRestored", "InActiveTier"})) {
    out.hint = "the object is archived: restore it first";
  } else if (e.request_id.empty() && !e.raw_body.empty() && code == code_of_status(e.status)) {
    out.hint = "no store wrote this answer: check the endpoint, and the proxy if there is one";
  } else if (e.throttled) {
    out.hint = "the store asks for fewer requests: lower --concurrency";
  } else if (e.status == 403 || e.status == 401) {
    out.hint = "check that these credentials have the permission for it";
  }
  out.service = std::make_shared<const ServiceError>(std::move(e));
  return out;
}

Error web_refusal(const io::Response& r) {
  ServiceError e;
  e.status = r.status;
  e.code = code_of_status(r.status);
  e.message = words_of_page(r.body);
  e.raw_body = r.body.substr(0, kRawBodyBytes);
  judge(e);
  Error out = make_error(ErrorKind::service, e.message);
  if (e.status == 401 || e.status == 403) out.hint = "check that whoever has this URL may read it";
  out.service = std::make_shared<const ServiceError>(std::move(e));
  return out;
}

Error exists_error(ServiceError e) {
  e.code = "ObjectAlreadyExists";
  Error out = make_error(ErrorKind::service, "the object exists already, and is left alone");
  out.service = std::make_shared<const ServiceError>(std::move(e));
  return out;
}

std::chrono::milliseconds retry_after(const io::Response& r, std::chrono::sys_seconds now) {
  using namespace std::chrono_literals;
  const auto* value = r.headers.find("Retry-After");
  if (!value) return 0ms;
  std::chrono::seconds wait{0};
  int seconds = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seconds);
  if (error == std::errc{} && end == value->data() + value->size())
    wait = std::chrono::seconds(seconds);
  else if (const auto date = io::parse_http_date(*value))
    wait = *date - now;
  return std::clamp<std::chrono::milliseconds>(wait, 0ms, 60s);
}

}  // namespace sluice::engine
