// Percent-coding of paths and queries (RFC 3986), as the five dialects use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/http.h"

namespace sluice::io {

/// Encodes every byte but A-Z a-z 0-9 - . _ ~ and those in `keep`; upper-case hex.
std::string percent_encode(std::string_view text, std::string_view keep = {});
inline std::string encode_path(std::string_view key) {
  return percent_encode(key, "/");
}

/// Decodes %XX once; a stray % stays. With `form`, '+' becomes a space (queries, never paths).
void percent_decode_in_place(std::string& text, bool form = false);
std::string percent_decode(std::string_view text, bool form = false);

/// "a=1&b" -> pairs, decoded; '+' is a space.
Query parse_query(std::string_view text);
std::string format_query(const Query&);

/// Parsed absolute http(s) URL; empty when malformed or with user info, control characters, '\\'.
struct Url {
  bool tls = false;
  std::string host;  ///< without port, brackets kept for IPv6
  std::uint16_t port = 0;
  std::string path;  ///< percent-encoded, "/" at least
  std::string query;
  std::string host_header() const;  ///< host[:port], the scheme's own port left out
};
std::optional<Url> parse_url(std::string_view);

/// True for IPv4 and bracketed or bare IPv6 literals and for "localhost".
bool is_address_or_localhost(std::string_view host);

}  // namespace sluice::io
