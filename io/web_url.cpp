#include "io/web_url.h"

#include <vector>

namespace sluice::io {
namespace {

std::string server_of(const Url& url) {
  return (url.tls ? "https://" : "http://") + url.host_header();
}

/// "/a/./b/../c" -> "/a/c" (RFC 3986, 5.2.4). Only of relative references: what people write is sent so.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;
  for (std::size_t from = 1; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string_view segment = path.substr(from, end - from);
    folder = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!folder) kept.push_back(segment);
    from = end + 1;
  }
  std::string out;
  for (const std::string_view segment : kept) (out += '/') += segment;
  return folder || out.empty() ? out + "/" : out;
}

/// What stands between "://" and the path.
std::string_view authority_of(std::string_view text, std::size_t begin) {
  return text.substr(begin, text.find_first_of("/?#", begin) - begin);
}

}  // namespace

std::string WebUrl::target() const {
  return url.query.empty() ? url.path : url.path + "?" + url.query;
}

std::string WebUrl::shown() const {
  return server_of(url) + url.path;
}

std::string WebUrl::name() const {
  return percent_decode(url.path.substr(url.path.rfind('/') + 1));
}

bool WebUrl::same_server(const WebUrl& other) const {
  return server_of(url) == server_of(other.url);
}

std::optional<WebUrl> parse_web_url(std::string_view text) {
  std::string written(text);
  WebUrl out;
  if (const std::size_t mark = text.find("://"); mark != text.npos) {
    const std::size_t begin = mark + 3;
    const std::string_view authority = authority_of(text, begin);
    if (const std::size_t sign = authority.rfind('@'); sign != authority.npos) {
      out.user_info = percent_decode(authority.substr(0, sign));
      written.erase(begin, sign + 1);
    }
  }
  // A header could be begun by what user info decodes to.
  for (const char c : out.user_info)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return {};
  std::optional<Url> url = parse_url(written);
  if (!url) return {};
  out.url = *std::move(url);
  std::string query;
  for (const char c : out.url.query)
    query += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : percent_encode(std::string(1, c));
  out.url.query = std::move(query);
  return out;
}

std::optional<WebUrl> redirected(const WebUrl& from, std::string_view location) {
  location = location.substr(0, location.find('#'));
  const std::string server = server_of(from.url);
  std::string absolute;
  if (location.starts_with("//")) {
    absolute = server.substr(0, server.find("//")) + std::string(location);
  } else if (location.find("://") < location.find_first_of("/?")) {
    absolute = location;
  } else if (location.starts_with('/')) {
    absolute = server + std::string(location);
  } else if (location.starts_with('?') || location.empty()) {
    absolute = server + from.url.path + std::string(location);
  } else {
    const std::string_view path = location.substr(0, location.find('?'));
    const std::string folder = from.url.path.substr(0, from.url.path.rfind('/') + 1);
    absolute = server + without_dots(folder + std::string(path)) + std::string(location.substr(path.size()));
  }
  std::optional<WebUrl> to = parse_web_url(absolute);
  if (to && to->user_info.empty() && to->same_server(from)) to->user_info = from.user_info;
  return to;
}

}  // namespace sluice::io
