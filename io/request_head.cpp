#include "io/request_head.h"

#include <algorithm>
#include <iterator>

#include "io/percent.h"

namespace sluice::io {
namespace {

constexpr char kLineBreaks[] = {'\r', '\n', '\0'};

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool breaks_a_line(std::string_view text) {
  return std::any_of(std::begin(kLineBreaks), std::end(kLineBreaks),
                     [=](char c) { return text.find(c) != std::string_view::npos; });
}

}  // namespace

std::string_view host_name(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return host;
  return host.substr(0, colon);
}

Result<void> write_head(const Request& request, std::string_view agent, std::string& into) {
  const std::string& host = request.host;
  if (host_name(host).empty() || has_control(host) || host.find_first_of(" /?#@\\") != std::string::npos)
    return fail(ErrorKind::argument, "not a host name: '" + percent_encode(host, ":[]@/ ") + "'");
  into = request.target();
  if (into.empty() || into[0] != '/' || has_control(into) || into.find(' ') != std::string::npos)
    return fail(ErrorKind::argument, "the path of a request must begin with '/' and be percent-encoded");
  into += " HTTP/1.1\r\nHost: ";
  into += host;
  for (const auto& [field, value] : request.headers) {
    if (field.empty() || has_control(field) || field.find_first_of(": ") != std::string::npos)
      return fail(ErrorKind::argument, "not a header name: '" + percent_encode(field) + "'");
    if (breaks_a_line(value))
      return fail(ErrorKind::argument, "header " + field + " has a line break in its value");
    if (equal_ignoring_case(field, "User-Agent")) {
      agent = value;
      continue;
    }
    into += "\r\n";
    into += field;
    into += ": ";
    into += value;
  }
  if (breaks_a_line(agent)) return fail(ErrorKind::argument, "the User-Agent has a line break");
  into += "\r\nUser-Agent: ";
  into += agent;
  return {};
}

}  // namespace sluice::io
