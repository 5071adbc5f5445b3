#include "signing_case.h"

#include <algorithm>

#include "io/percent.h"

namespace sluice::signers::vectors {
namespace {

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

void read_headers(Json record, io::Request& request) {
  const auto headers = find(record, "headers");
  if (!headers) return;
  for (const auto [name, value] : headers->get_object()) {
    const auto add = [&request, header = std::string(name)](Json one) {
      const std::string field(one.get_string().value());
      if (io::equal_ignoring_case(header, "host"))
        request.host = field;
      else
        request.headers.add(header, field);
    };
    if (!value.is_array())
      add(value);
    else
      for (const Json one : value.get_array()) add(one);
  }
}

void read_url(Json record, SigningCase& c) {
  const std::string bucket = c.context.resource.bucket, key = c.context.resource.key;
  const std::string style = text(record, "address_style");
  const Json expect = need(record, "expect");
  std::string endpoint = text(record, "endpoint");
  if (endpoint.find("://") == endpoint.npos) endpoint = "https://" + endpoint;
  const auto url = io::parse_url(endpoint);
  if (!url) return;
  c.request.tls = url->tls;
  const bool virtual_host = !bucket.empty() && (style == "virtual" || style.empty());
  if (c.request.host.empty()) c.request.host = (virtual_host ? bucket + "." : "") + url->host_header();
  c.bucket_in_path = style == "path" && !bucket.empty();
  c.request.path = "/" + io::encode_path(key);
  if (c.bucket_in_path) c.request.path = "/" + bucket + (find(record, "key") ? c.request.path : "");
  if (c.scheme == Scheme::cos) c.request.path = io::encode_path(text(record, "path"));
  if (c.scheme == Scheme::qingstor) {
    // The path as sent is what this family signs, so the record's own encoding counts.
    c.request.host = text(expect, "host");
    const std::string wire = text(expect, c.in_url ? "url" : "wire_url");
    if (const auto sent = io::parse_url(wire)) c.request.path = sent->path;
  }
}

std::vector<std::string> split_lower(std::string_view names) {
  std::vector<std::string> list;
  while (!names.empty()) {
    const auto end = names.find(';');
    list.push_back(io::lower_case(io::percent_decode(names.substr(0, end))));
    names = end == names.npos ? std::string_view{} : names.substr(end + 1);
  }
  return list;
}

/// By the families' rules where the record does not list them.
std::vector<std::string> covered_headers(Json record, const SigningCase& c) {
  const Json expect = need(record, "expect");
  if (c.scheme == Scheme::cos) return split_lower(text(expect, "header_list"));
  if (c.scheme == Scheme::tos4 || c.scheme == Scheme::sigv4)
    return split_lower(text(expect, "signed_headers"));
  const std::string prefix = c.scheme == Scheme::qingstor ? "x-qs-" : "x-oss-";
  std::vector<std::string> names = {"content-type", "content-md5"};
  if (c.scheme == Scheme::oss_v4)
    for (const auto& name : c.context.additional_headers) names.push_back(io::lower_case(name));
  else if (!c.in_url && !c.request.headers.has(prefix + "date"))
    names.emplace_back("date");
  for (const auto& [name, value] : c.request.headers)
    if (io::lower_case(name).starts_with(prefix)) names.push_back(io::lower_case(name));
  if (c.scheme == Scheme::oss_v4 && !c.in_url)
    for (const char* own : {"x-oss-date", "x-oss-content-sha256"}) names.emplace_back(own);
  return names;
}

/// Some clients sign headers of their HTTP library, which the record lists as added.
void read_library_headers(Json record, SigningCase& c) {
  const auto added = find(need(record, "expect"), "added_headers");
  for (const char* name : {"date", "content-length"}) {
    const bool listed =
        std::find(c.signed_headers.begin(), c.signed_headers.end(), name) != c.signed_headers.end();
    if (!listed || c.request.headers.has(name) || !added || !find(*added, name)) continue;
    c.request.headers.add(name, text(*added, name));
    c.context.signed_headers = c.signed_headers;
  }
}

}  // namespace

std::optional<Scheme> family_of(std::string_view scheme) {
  static const std::map<std::string_view, Scheme> families = {
      {"v1-header", Scheme::oss_v1},   {"v1-query", Scheme::oss_v1},    {"v4-header", Scheme::oss_v4},
      {"v4-query", Scheme::oss_v4},    {"sha1-header", Scheme::cos},    {"sha1-query", Scheme::cos},
      {"tos4-header", Scheme::tos4},   {"tos4-query", Scheme::tos4},    {"qs-header", Scheme::qingstor},
      {"qs-query", Scheme::qingstor},  {"sigv4-header", Scheme::sigv4}, {"sigv4-query", Scheme::sigv4},
      {"sigv4-chunked", Scheme::sigv4}};
  const auto found = families.find(scheme);
  if (found == families.end()) return {};
  return found->second;
}

SigningCase read_case(Json record) {
  SigningCase c;
  const std::string scheme = text(record, "scheme");
  c.scheme = *family_of(scheme);
  c.in_url = scheme.ends_with("-query");
  const Json keys = need(record, "credentials");
  const bool cos = c.scheme == Scheme::cos;
  c.context.credentials = {text(keys, cos ? "secret_id" : "access_key_id"),
                           text(keys, cos ? "secret_key" : "access_key_secret"),
                           text(keys, cos ? "token" : "security_token")};
  c.context.region = text(record, "region");
  c.context.time = std::chrono::sys_seconds{std::chrono::seconds{number(record, "time")}};
  c.context.resource = {text(record, "bucket"), text(record, "key")};
  c.context.key_time = text(record, "key_time");
  if (const auto host = find(record, "sign_host")) c.context.sign_host = host->get_bool().value();
  if (find(record, "payload_hash")) c.context.payload_hash = text(record, "payload_hash");
  if (const auto names = find(record, "additional_headers"))
    for (const Json name : names->get_array())
      c.context.additional_headers.emplace_back(name.get_string().value());
  c.lifetime = std::chrono::seconds{number(record, "expires")};
  c.request.method = text(record, "method");
  if (const auto query = find(record, "query"))
    for (const auto [name, value] : query->get_object())
      c.request.query.emplace_back(name, value.get_string().value());
  read_headers(record, c.request);
  read_url(record, c);
  c.signed_headers = covered_headers(record, c);
  if (c.scheme == Scheme::sigv4) c.context.signed_headers = c.signed_headers;
  if (c.scheme == Scheme::sigv4 || c.scheme == Scheme::tos4) read_library_headers(record, c);
  return c;
}

Received arrived(const SigningCase& c, const io::Request& request) {
  Received received;
  received.method = request.method;
  received.path = request.path;
  received.raw_query = io::format_query(request.query);
  received.query = io::parse_query(received.raw_query);
  received.headers.add("Host", request.host);
  for (const auto& [name, value] : request.headers) received.headers.add(name, trimmed(value));
  route(c, received);
  return received;
}

void route(const SigningCase& c, Received& received) {
  received.resource = {};
  std::string path = io::percent_decode(received.path).substr(1);
  const bool bucket_in_host = !c.bucket_in_path && !c.context.resource.bucket.empty();
  if (bucket_in_host) {
    received.resource = {c.context.resource.bucket, path};
    return;
  }
  const auto slash = path.find('/');
  received.resource.bucket = path.substr(0, slash);
  if (slash != path.npos) received.resource.key = path.substr(slash + 1);
}

Verdict judge(const SigningCase& c, const Received& received) {
  const Account account{c.context.credentials, {}, "tester"};
  VerifyContext context;
  context.now = c.context.time;
  context.region = c.context.region;
  context.find_account = [&account](const std::string& key) {
    return key == account.credentials.access_key ? &account : nullptr;
  };
  return verify(received, context);
}

}  // namespace sluice::signers::vectors
