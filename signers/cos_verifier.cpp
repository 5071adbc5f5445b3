// Verifies COS q-sign: takes exactly the headers and parameters that the client names.
#include <set>

#include "io/percent.h"
#include "signers/cos.h"
#include "signers/judgement.h"

namespace sluice::signers {
namespace {

/// "a=b&c=d" as it stands in Authorization: not percent-encoded.
io::Query split_fields(std::string_view text) {
  io::Query fields;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto field = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    const auto equals = field.find('=');
    if (equals != field.npos) fields.emplace_back(field.substr(0, equals), field.substr(equals + 1));
  }
  return fields;
}

std::set<std::string, std::less<>> split_names(std::string_view text) {
  std::set<std::string, std::less<>> names;
  while (!text.empty()) {
    const auto end = text.find(';');
    if (end != 0) names.insert(io::lower_case(text.substr(0, end)));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return names;
}

struct Window {
  std::int64_t from = 0, to = 0;
};
std::optional<Window> parse_window(std::string_view text) {
  const auto semicolon = text.find(';');
  if (semicolon == text.npos) return {};
  const auto from = parse_seconds(text.substr(0, semicolon)), to = parse_seconds(text.substr(semicolon + 1));
  if (!from || !to || *to < *from) return {};
  return Window{*from, *to};
}

bool belongs_to_signature(std::string_view name) {
  return name == "sign" || name == "q-sign-algorithm" || name == "q-ak" || name == "q-sign-time" ||
         name == "q-key-time" || name == "q-header-list" || name == "q-url-param-list" ||
         name == "q-signature";
}

std::string without_port(const std::string& host) {
  const auto colon = host.rfind(':');
  return colon == host.npos || host.find(']', colon) != host.npos ? host : host.substr(0, colon);
}

}  // namespace

Verdict verify_cos(const Received& request, bool presigned, const VerifyContext& context) {
  Verdict verdict;
  verdict.scheme = Scheme::cos;
  verdict.presigned = presigned;
  io::Query fields;
  if (!presigned)
    fields = split_fields(request.headers.get("Authorization"));
  else if (const auto* sign = io::find_query(request.query, "sign"))
    fields = split_fields(*sign);
  else
    fields = request.query;
  const auto get = [&fields](std::string_view name) {
    const auto* value = io::find_query(fields, name);
    return value ? *value : std::string();
  };

  verdict.access_key = get("q-ak");
  const std::string signature = get("q-signature"), sign_time = get("q-sign-time"),
                    key_time = get("q-key-time");
  const auto sign_window = parse_window(sign_time), key_window = parse_window(key_time);
  if (get("q-sign-algorithm") != "sha1" || verdict.access_key.empty() || signature.empty())
    return refuse(verdict, Refusal::malformed, "The q-sign fields are incomplete or name another algorithm");
  if (!sign_window || !key_window)
    return refuse(verdict, Refusal::malformed, "q-sign-time and q-key-time must be START;END in seconds");
  std::string token = request.headers.get("x-cos-security-token");
  if (const auto* in_query = io::find_query(request.query, "x-cos-security-token"); in_query && token.empty())
    token = *in_query;
  if (token.empty()) token = request.headers.get("x-ci-security-token");

  const Account* account = find_account(verdict, context);
  if (!account) return verdict;
  const auto now = context.now.time_since_epoch().count();
  for (const Window& window : {*sign_window, *key_window}) {
    if (now > window.to) return refuse(verdict, Refusal::expired, "Request has expired");
    if (now < window.from)
      return refuse(verdict, Refusal::skewed,
                    "The signature is not valid yet: its time begins after the server's");
  }

  const auto header_names = split_names(get("q-header-list"));
  const auto parameter_names = split_names(get("q-url-param-list"));
  io::Query parameters;
  for (const auto& [name, value] : request.query)
    if (!(presigned && belongs_to_signature(name)) && parameter_names.contains(cos_name(name)))
      parameters.emplace_back(name, value);
  const CosList parameter_list = cos_list(parameters);
  const std::string path = io::percent_decode(request.path);

  const auto read = [&](bool strip_port) {
    io::Query headers;
    for (const auto& [name, value] : request.headers) {
      if (!header_names.contains(cos_name(name))) continue;
      const bool strip = strip_port && io::equal_ignoring_case(name, "host");
      headers.emplace_back(name, strip ? without_port(value) : value);
    }
    Reading reading;
    reading.canonical_request = cos_http_string(request.method, path, parameter_list, cos_list(headers));
    reading.string_to_sign = cos_string_to_sign(sign_time, reading.canonical_request);
    reading.signature = cos_signature(account->credentials, key_time, reading.string_to_sign);
    return reading;
  };
  // The vendor's Python client signs the host without the port that it sends.
  std::vector<Reading> readings = {read(false)};
  const std::string host = request.headers.get("Host");
  if (header_names.contains("host") && without_port(host) != host) readings.push_back(read(true));
  return conclude(std::move(verdict), *account, context, signature, readings, token);
}

}  // namespace sluice::signers
