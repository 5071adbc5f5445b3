// Percent-coding, query strings and the few rules by which we take a URL apart.
#include "io/percent.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice::io {
namespace {

constexpr auto kUnreserved = [] {
  std::array<bool, 256> table{};
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : {'-', '.', '_', '~'}) table[static_cast<std::size_t>(c)] = true;
  return table;
}();

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

void append_escape(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

/// Letters, digits, '-', '.', '_' (a host some people have); for IPv6 what stands in the brackets.
bool valid_host(std::string_view host) {
  if (host.empty()) return false;
  if (host.front() == '[') {
    if (host.size() < 4 || host.back() != ']') return false;
    const auto inside = host.substr(1, host.size() - 2);
    return inside.find(':') != inside.npos && std::all_of(inside.begin(), inside.end(), [](char c) {
             return hex_value(c) >= 0 || c == ':' || c == '.';
           });
  }
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return c != '~' && kUnreserved[static_cast<unsigned char>(c)]; });
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view keep) {
  const auto kept = [keep](char c) {
    return kUnreserved[static_cast<unsigned char>(c)] || keep.find(c) != keep.npos;
  };
  std::string out;
  // Most names need no escape at all; runs that need none are copied in one go.
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), kept);
    out.append(at, end);
    at = end;
    if (at != text.end()) append_escape(out, static_cast<unsigned char>(*at++));
  }
  return out;
}

void percent_decode_in_place(std::string& text, bool form) {
  // Most names need no decoding.
  std::size_t at = std::min(text.find('%'), form ? text.find('+') : text.npos);
  if (at == text.npos) return;
  std::size_t end = at;
  while (at < text.size()) {
    char c = text[at++];
    if (c == '%' && at + 1 < text.size() && hex_value(text[at]) >= 0 && hex_value(text[at + 1]) >= 0) {
      c = static_cast<char>(hex_value(text[at]) * 16 + hex_value(text[at + 1]));
      at += 2;
    } else if (form && c == '+') {
      c = ' ';
    }
    text[end++] = c;
  }
  text.resize(end);
}

std::string percent_decode(std::string_view text, bool form) {
  std::string out(text);
  percent_decode_in_place(out, form);
  return out;
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto amp = text.find('&');
    const auto pair = text.substr(0, amp);
    text = amp == text.npos ? std::string_view{} : text.substr(amp + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    query.emplace_back(percent_decode(pair.substr(0, equals), true),
                       equals == pair.npos ? std::string() : percent_decode(pair.substr(equals + 1), true));
  }
  return query;
}

std::string format_query(const Query& query) {
  std::string out;
  for (const auto& [name, value] : query) {
    if (!out.empty()) out += '&';
    out += percent_encode(name);
    if (!value.empty()) out += '=' + percent_encode(value);
  }
  return out;
}

std::string Url::host_header() const {
  return port == (tls ? 443 : 80) ? host : host + ":" + std::to_string(port);
}

std::optional<Url> parse_url(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\') return {};
  Url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == text.npos) return {};
  const auto scheme = text.substr(0, scheme_end);
  if (equal_ignoring_case(scheme, "https"))
    url.tls = true;
  else if (!equal_ignoring_case(scheme, "http"))
    return {};
  text.remove_prefix(scheme_end + 3);
  text = text.substr(0, text.find('#'));

  const auto authority = text.substr(0, text.find_first_of("/?"));
  text.remove_prefix(authority.size());
  if (authority.find('@') != authority.npos) return {};
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  url.host = lower_case(authority.substr(0, colon));
  if (!valid_host(url.host)) return {};
  url.port = url.tls ? 443 : 80;
  if (colon != authority.npos && colon + 1 < authority.size()) {
    const auto digits = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || end != digits.data() + digits.size() || url.port == 0) return {};
  }

  const auto question = text.find('?');
  for (const char c : text.substr(0, question)) {
    if (static_cast<unsigned char>(c) < 0x80)
      url.path += c;
    else
      append_escape(url.path, static_cast<unsigned char>(c));
  }
  if (url.path.empty()) url.path = "/";
  if (question != text.npos) url.query = text.substr(question + 1);
  return url;
}

bool is_address_or_localhost(std::string_view host) {
  if (host.empty()) return false;
  if (equal_ignoring_case(host, "localhost")) return true;
  if (host.front() == '[') return valid_host(host);
  if (host.find(':') != host.npos) return valid_host("[" + std::string(host) + "]");
  int parts = 0;
  while (true) {
    const auto dot = host.find('.');
    const auto digits = host.substr(0, dot);
    unsigned value = 256;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.size() > 3 || error != std::errc{} || end != digits.data() + digits.size() || value > 255)
      return false;
    ++parts;
    if (dot == host.npos) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace sluice::io
