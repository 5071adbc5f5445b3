// Reads URLs and paths: location.h says the rules.
#include "cli/location.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/units.h"
#include "io/http.h"
#include "io/web_url.h"

namespace sluice::cli {
namespace {

constexpr const char* kSchemes = "known are oss, cos, tos, qs (also ois, qingstor) and s3";

bool is_scheme_text(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '-' || c == '.'; });
}

bool is_web_scheme(std::string_view scheme) {
  return io::equal_ignoring_case(scheme, "http") || io::equal_ignoring_case(scheme, "https");
}

bool is_bucket_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '.' || c == '_');
  });
}

bool is_profile_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '.' || c == '_');
  });
}

Result<Location> parse_store_url(std::string scheme, std::string_view rest) {
  Location at;
  at.kind = Location::Kind::object;
  at.scheme = std::move(scheme);
  const std::size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) at.key = rest.substr(slash + 1);

  // A secret may contain '/', which would end the authority early: the ':' gives it away either way.
  if (authority.find(':') != std::string_view::npos)
    return fail(ErrorKind::argument, fmt::format("a {}:// URL holds ':' before the key", at.scheme),
                "keys and passwords never go into a URL: use the environment or a profile (profile@bucket); "
                "hosts and ports go into --endpoint");
  const std::size_t sign = authority.rfind('@');
  if (sign != std::string_view::npos) {
    const std::string_view name = authority.substr(0, sign);
    if (!is_profile_text(name))
      return fail(ErrorKind::argument,
                  fmt::format("a {}:// URL has no valid profile name before '@'", at.scheme),
                  "profile names have letters, digits, '-', '_' and '.'");
    at.profile = name;
    authority.remove_prefix(sign + 1);
  }
  if (!is_bucket_text(authority))
    return fail(ErrorKind::argument, fmt::format("\"{}\" is no bucket name", printable(authority)),
                "buckets have lower-case letters, digits, '-' and, in some stores, '.'");
  if (authority.empty() && slash != std::string_view::npos && !at.key.empty())
    return fail(ErrorKind::argument, fmt::format("{}:///... names no bucket", at.scheme),
                fmt::format("write {}://bucket/key", at.scheme));
  at.bucket = authority;
  return at;
}

}  // namespace

std::string known_scheme(std::string_view scheme) {
  std::string lower(scheme);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "qingstor") return "qs";
  for (const char* known : {"oss", "cos", "tos", "qs", "ois", "s3"})
    if (lower == known) return lower;
  return {};
}

bool same_dialect(std::string_view configured, std::string_view scheme) {
  const auto dialect = [](std::string_view s) {
    std::string known = known_scheme(s);
    return known == "ois" ? std::string("qs") : known;
  };
  return dialect(configured) == dialect(scheme);
}

Unexpected names_no_bucket(const Location& at) {
  return fail(ErrorKind::argument, fmt::format("\"{}\" names no bucket", at.text()),
              fmt::format("write {}://bucket/key", at.scheme));
}

Result<Location> parse_location(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::argument, "an empty path or URL");
  Location at;
  if (text == "-") {
    at.kind = Location::Kind::standard;
    return at;
  }
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos || !is_scheme_text(text.substr(0, mark))) {
    at.path = text;
    return at;
  }
  const std::string_view scheme = text.substr(0, mark);
  const std::string_view rest = text.substr(mark + 3);
  if (scheme == "file") {
    if (rest.empty() || rest.front() != '/')
      return fail(ErrorKind::argument, "a file:// URL needs an absolute path",
                  "write file:///path, or the path itself");
    at.path = rest;
    return at;
  }
  if (is_web_scheme(scheme))
    return fail(ErrorKind::argument, "a web server's URL is the source of cp, and of nothing else",
                "sluice cp http://host/path scheme://bucket/key");
  std::string known = known_scheme(scheme);
  if (known.empty())
    return fail(ErrorKind::argument, fmt::format("unknown scheme \"{}\": {}", printable(scheme), kSchemes),
                "a local path of that form is written ./" + std::string(scheme) + "://...");
  return parse_store_url(std::move(known), rest);
}

Result<Location> parse_source(std::string_view text) {
  if (!is_web_scheme(text.substr(0, text.find("://")))) return parse_location(text);
  // It is not repeated: what is wrong with it may be a secret that is not where it should be.
  if (!io::parse_web_url(text))
    return fail(ErrorKind::argument, "the source is no URL of a web server",
                "write http://host[:port]/path, and what is no letter, digit or mark as %XX");
  Location at;
  at.kind = Location::Kind::web;
  at.path = text;
  return at;
}

Result<Location> parse_url(std::string_view text) {
  Result<Location> at = parse_location(text);
  if (at && !at->is_object())
    return fail(ErrorKind::argument,
                // It may be a URL with a secret, mistyped.
                text.find('@') == std::string_view::npos
                    ? fmt::format("\"{}\" is no store's URL", printable(text))
                    : "a word with '@' is no store's URL",
                "write scheme://bucket/key with the scheme oss, cos, tos, qs, ois or s3");
  return at;
}

Result<Location> parse_bucket(std::string_view text) {
  Result<Location> at = parse_url(text);
  if (!at) return at;
  if (at->bucket.empty()) return names_no_bucket(*at);
  if (!at->key.empty())
    return fail(ErrorKind::argument,
                fmt::format("\"{}\" names a key where a bucket is wanted", printable(text)),
                fmt::format("write {}://{}", at->scheme, at->bucket));
  return at;
}

Result<Location> parse_object(std::string_view text) {
  Result<Location> at = parse_url(text);
  if (!at) return at;
  if (at->bucket.empty()) return names_no_bucket(*at);
  if (at->key.empty())
    return fail(ErrorKind::argument, fmt::format("\"{}\" names no key", printable(text)),
                fmt::format("write {}://{}/key", at->scheme, at->bucket));
  return at;
}

std::string base_name(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  return std::string(slash == std::string_view::npos ? key : key.substr(slash + 1));
}

std::string Location::text() const {
  switch (kind) {
    case Kind::file:
      return path;
    case Kind::standard:
      return "-";
    case Kind::web: {
      const auto url = io::parse_web_url(path);
      return url ? url->shown() : std::string();
    }
    case Kind::object:
      break;
  }
  if (bucket.empty()) return scheme + "://";
  return scheme + "://" + bucket + "/" + key;
}

std::string Location::word() const {
  if (kind == Kind::file) return path.starts_with('-') ? "./" + path : path;
  if (kind == Kind::web) return path;
  if (kind == Kind::standard || profile.empty()) return text();
  return scheme + "://" + profile + "@" + text().substr(scheme.size() + 3);
}

}  // namespace sluice::cli
