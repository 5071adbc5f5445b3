#include "cli/key_answer.h"

#include <simdjson.h>
#include <initializer_list>

#include <fmt/format.h>

#include "cli/units.h"
#include "io/time_text.h"

namespace sluice::cli {
namespace {

using Object = simdjson::dom::object;

std::string text_of(const Object& object, std::initializer_list<const char*> names) {
  std::string_view text;
  for (const char* name : names)
    if (object[name].get(text) == simdjson::SUCCESS && !text.empty()) return std::string(text);
  return {};
}

/// "2026-11-03T12:00:00Z", with another offset, or seconds since 1970.
Result<std::optional<TimePoint>> expiry_of(const Object& object) {
  const std::string text = text_of(object, {"Expiration", "ExpiredTime"});
  if (!text.empty()) {
    if (const auto time = io::parse_iso_time(text)) return std::optional<TimePoint>(*time);
    return fail(ErrorKind::config, "the time when the keys expire cannot be understood");
  }
  std::int64_t seconds = 0;
  for (const char* name : {"Expiration", "ExpiredTime"})
    if (object[name].get(seconds) == simdjson::SUCCESS)
      return std::optional<TimePoint>(TimePoint(std::chrono::seconds(seconds)));
  return std::optional<TimePoint>();
}

}  // namespace

Result<Credentials> read_key_answer(std::string_view json) {
  simdjson::dom::parser parser;
  Object object;
  if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS)
    return fail(ErrorKind::config, "the answer is no JSON object");
  std::int64_t version = 1;
  if (object["Version"].get(version) == simdjson::SUCCESS && version != 1)
    return fail(ErrorKind::config, fmt::format("the answer is of version {}; only 1 is known", version));
  if (const std::string code = text_of(object, {"Code"}); !code.empty() && code != "Success")
    return fail(ErrorKind::config, fmt::format("the answer says {}", printable(code.substr(0, 100))));
  Credentials keys;
  keys.access_key = text_of(object, {"AccessKeyId", "TmpSecretId"});
  keys.secret_key = text_of(object, {"SecretAccessKey", "AccessKeySecret", "TmpSecretKey"});
  keys.security_token = text_of(object, {"SessionToken", "SecurityToken", "Token"});
  if (keys.access_key.empty() || keys.secret_key.empty())
    return fail(ErrorKind::config, "the answer holds no key pair");
  const auto expires = expiry_of(object);
  if (!expires) return unexpected(expires.error());
  keys.expires = *expires;
  return keys;
}

}  // namespace sluice::cli
