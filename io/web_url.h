// A URL of any web server, as people give it and servers redirect to it: with user info, and with a query
// that is sent exactly as it is written, for it may be signed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/percent.h"

namespace sluice::io {

struct WebUrl {
  Url url;
  std::string user_info;  ///< "name:password", decoded; a secret

  std::string target() const;  ///< path and query, as sent
  std::string shown() const;   ///< for messages: no user info, no query, which may be secrets
  std::string name() const;    ///< the path's last segment, decoded; "" when it ends in '/'
  /// Same scheme, host and port: may be told the same secrets.
  bool same_server(const WebUrl&) const;
};

/// http and https; empty when malformed.
std::optional<WebUrl> parse_web_url(std::string_view text);

/// Where a redirect's Location leads: absolute, or relative to `from`. User info goes along to the same
/// server only.
std::optional<WebUrl> redirected(const WebUrl& from, std::string_view location);

}  // namespace sluice::io
