#include "cli/metadata.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "cli/ini.h"
#include "cli/key_answer.h"
#include "cli/units.h"
#include "io/fetch.h"
#include "io/percent.h"

namespace sluice::cli {
namespace {

using namespace std::chrono_literals;

// The service is next door, or not at all: a machine outside of a cloud must not wait for it.
constexpr std::chrono::milliseconds kConnect = 1000ms;
constexpr std::chrono::milliseconds kLimit = 2000ms;

const std::vector<MetadataService>& services() {
  static const std::vector<MetadataService> all = {
      {.scheme = "oss",
       .name = "OSS RAM role",
       .address = "http://100.100.100.200",
       .address_variables = {"SLUICE_OSS_METADATA"},
       .off_variables = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED"},
       .role_variables = {"ALIBABA_CLOUD_ECS_METADATA"},
       .token_header = "X-aliyun-ecs-metadata-token",
       .token_needed = false,
       .roles = "/latest/meta-data/ram/security-credentials/",
       .keys = "/latest/meta-data/ram/security-credentials/"},
      {.scheme = "cos",
       .name = "COS CVM role",
       .address = "http://metadata.tencentyun.com",
       .address_variables = {"SLUICE_COS_METADATA"},
       .off_variables = {},
       .role_variables = {},
       .token_header = "",
       .token_needed = false,
       .roles = "/latest/meta-data/cam/security-credentials/",
       .keys = "/latest/meta-data/cam/security-credentials/"},
      {.scheme = "tos",
       .name = "TOS ECS role",
       .address = "http://100.96.0.96",
       .address_variables = {"SLUICE_TOS_METADATA"},
       .off_variables = {"VOLCENGINE_ECS_METADATA_DISABLED"},
       .role_variables = {"VOLCENGINE_ECS_METADATA"},
       .token_header = "X-volc-ecs-metadata-token",
       .token_needed = false,
       .roles = "/volcstack/latest/iam/security_credentials?type=user",
       .keys = "/volcstack/latest/iam/security_credentials/"},
      {.scheme = "s3",
       .name = "EC2 instance role",
       .address = "http://169.254.169.254",
       .address_variables = {"SLUICE_S3_METADATA", "AWS_EC2_METADATA_SERVICE_ENDPOINT"},
       .off_variables = {"AWS_EC2_METADATA_DISABLED"},
       .role_variables = {},
       .token_header = "X-aws-ec2-metadata-token",
       .token_needed = true,
       .roles = "/latest/meta-data/iam/security-credentials/",
       .keys = "/latest/meta-data/iam/security-credentials/"},
  };
  return all;
}

std::string first_set(const Environment& env, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (const auto value = env(name)) return *value;
  return {};
}

Unexpected failed(const MetadataQuery& query, Error error) {
  error.operation = query.text();
  return unexpected(std::move(error));
}

/// Host and port of http://HOST[:PORT][/].
bool place(std::string_view address, io::Request& request) {
  constexpr std::string_view kHttp = "http://";
  if (!address.starts_with(kHttp)) return false;
  address.remove_prefix(kHttp.size());
  if (address.ends_with('/')) address.remove_suffix(1);
  request.host = address;
  request.port = 80;
  const std::size_t colon = address.rfind(':');
  if (colon != std::string_view::npos && address.find(']', colon) == std::string_view::npos) {
    const std::string_view port = address.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), request.port);
    if (error != std::errc{} || end != port.data() + port.size() || request.port == 0) return false;
    if (request.port == 80) request.host = address.substr(0, colon);
  }
  return !request.host.empty() && address.find_first_of("/@?# ") == std::string_view::npos;
}

Result<io::Response> ask(const MetadataQuery& query, const char* method, std::string_view target,
                         const io::Headers& headers) {
  io::Request request;
  request.method = method;
  if (!place(query.address, request))
    return failed(query, make_error(ErrorKind::config, "this is no http://HOST[:PORT]"));
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) {
    const std::string_view pair = target.substr(mark + 1);
    request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
  }
  request.headers = headers;
  Result<io::Response> answer = io::fetch(std::move(request), kConnect, kLimit);
  if (!answer) return failed(query, answer.error());
  return answer;
}

Unexpected answered(const MetadataQuery& query, std::string_view what, int status) {
  return failed(query, make_error(ErrorKind::config, fmt::format("no {}: HTTP {}", what, status)));
}

/// The first of a list: a line each, or a JSON array of texts.
std::string first_role(std::string_view list) {
  const std::size_t begin = list.find_first_not_of("[\" \r\n\t");
  if (begin == std::string_view::npos) return {};
  list.remove_prefix(begin);
  return std::string(trimmed(list.substr(0, list.find_first_of("\",]\r\n"))));
}

}  // namespace

std::optional<MetadataQuery> metadata_query(const Environment& env, std::string_view scheme) {
  if (lower_case(env("SLUICE_METADATA").value_or("")) == "off") return {};
  for (const MetadataService& service : services()) {
    if (service.scheme != scheme) continue;
    if (lower_case(first_set(env, service.off_variables)) == "true") return {};
    const std::string address = first_set(env, service.address_variables);
    return MetadataQuery{&service, address.empty() ? service.address : address,
                         first_set(env, service.role_variables)};
  }
  return {};
}

Result<Credentials> ask_metadata(const MetadataQuery& query) {
  const MetadataService& service = *query.service;
  io::Headers headers;
  if (!service.token_header.empty()) {
    const io::Headers lifetime{{service.token_header + "-ttl-seconds", "21600"}};
    const auto token = ask(query, "PUT", "/latest/api/token", lifetime);
    if (!token) return unexpected(token.error());
    if (token->status == 200)
      headers.add(service.token_header, std::string(trimmed(token->body)));
    else if (service.token_needed)
      return answered(query, "session", token->status);
  }
  std::string role = query.role;
  if (role.empty()) {
    const auto roles = ask(query, "GET", service.roles, headers);
    if (!roles) return unexpected(roles.error());
    if (roles->status != 200) return answered(query, "role", roles->status);
    role = first_role(roles->body);
    if (role.empty()) return failed(query, make_error(ErrorKind::config, "this machine has no role"));
  }
  const auto answer = ask(query, "GET", service.keys + io::percent_encode(role), headers);
  if (!answer) return unexpected(answer.error());
  if (answer->status != 200)
    return answered(query, fmt::format("keys of the role {}", printable(role)), answer->status);
  Result<Credentials> keys = read_key_answer(answer->body);
  if (!keys) return failed(query, keys.error());
  return keys;
}

}  // namespace sluice::cli
