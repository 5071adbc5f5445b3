// Location: what SRC, DST and URL arguments name - a local path, standard input or output, a store, or (the
// source of cp) a web server's URL.
//
//   scheme://[profile@]bucket[/key]     the key is taken byte for byte: no percent-decoding, spaces,
//                                       '+', '//' and a trailing '/' stay as they are
//
// A store's URL never carries a secret: what looks like one (a ':' before the '@' or in the bucket) is refused
// without being repeated in the message, because messages end up in logs.
#pragma once

#include <string>
#include <string_view>

#include "sluice/result.h"

namespace sluice::cli {

struct Location {
  enum class Kind { file, standard, object, web };
  Kind kind = Kind::file;
  std::string path;     ///< file; web: the URL, which may hold secrets
  std::string scheme;   ///< object: "oss", "cos", "tos", "qs", "ois" or "s3"
  std::string profile;  ///< object: the part before '@'
  std::string bucket;   ///< object; empty only in "scheme://" and "scheme://profile@"
  std::string key;      ///< object

  bool is_object() const { return kind == Kind::object; }
  bool names_prefix() const { return key.empty() || key.back() == '/'; }
  std::string text() const;  ///< for messages: without the profile, user info and query
  std::string word() const;  ///< for a command line: with them
};

/// Anything but a web server's URL.
Result<Location> parse_location(std::string_view text);
/// That as well.
Result<Location> parse_source(std::string_view text);
/// A store's URL; anything else is refused.
Result<Location> parse_url(std::string_view text);
/// A store's URL that names a bucket, and has a key if and only if `with_key`.
Result<Location> parse_bucket(std::string_view text);
Result<Location> parse_object(std::string_view text);
/// The failure of a URL that should name a bucket.
Unexpected names_no_bucket(const Location& at);

/// "qingstor" -> "qs", lower case; empty when unknown.
std::string known_scheme(std::string_view scheme);
/// True when a profile written for `configured` serves `scheme` (qs and ois share one dialect).
bool same_dialect(std::string_view configured, std::string_view scheme);

/// What follows the last '/'.
std::string base_name(std::string_view key);

}  // namespace sluice::cli
