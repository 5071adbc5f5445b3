// Reads heads: request.h.
#include "bench/sink/request.h"

#include <cstdlib>

#include "bench/sink/text.h"

namespace sink {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::int64_t number(std::string_view text) {
  return std::strtoll(std::string(text).c_str(), nullptr, 10);
}

/// Takes the line up to CR LF off `text`.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

void take_query(Request& request, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    request.query.emplace_back(
        percent_decoded(pair.substr(0, equals), true),
        equals == std::string_view::npos ? std::string() : percent_decoded(pair.substr(equals + 1), true));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void take_target(Request& request, std::string_view target) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const std::size_t path = target.find('/', 8);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  const std::size_t question = target.find('?');
  if (question != std::string_view::npos) take_query(request, target.substr(question + 1));
  std::string_view path = target.substr(0, question);
  if (path.starts_with("/")) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  request.bucket = percent_decoded(path.substr(0, slash), false);
  if (slash != std::string_view::npos) request.key = percent_decoded(path.substr(slash + 1), false);
}

bool take_request_line(Request& request, std::string_view line) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first) return false;
  request.method = line.substr(0, first);
  request.close = line.substr(last + 1) == "HTTP/1.0";
  take_target(request, line.substr(first + 1, last - first - 1));
  return true;
}

/// x-amz-checksum-crc32c and its kind, not -algorithm, -mode or -type.
bool declares_checksum(std::string_view name) {
  constexpr std::string_view kPrefix = "x-amz-checksum-";
  if (!equal_ignoring_case(name.substr(0, kPrefix.size()), kPrefix)) return false;
  const std::string_view kind = name.substr(kPrefix.size());
  return equal_ignoring_case(kind.substr(0, 3), "crc") || equal_ignoring_case(kind.substr(0, 3), "sha");
}

/// Looks at a name only when its length fits: most headers are signatures and dates.
void take_header(Request& request, std::string_view name, std::string_view value) {
  const auto is = [name](std::string_view wanted) { return equal_ignoring_case(name, wanted); };
  switch (name.size()) {
    case 5:
      if (is("range")) request.range = value;
      break;
    case 6:
      if (is("expect")) request.expects_continue = true;
      break;
    case 8:
      if (is("if-match")) request.if_match = value;
      break;
    case 10:
      if (is("connection") && equal_ignoring_case(value, "close")) request.close = true;
      break;
    case 11:
      if (is("content-md5")) request.content_md5 = value;
      break;
    case 13:
      if (is("if-none-match")) request.if_none_match = value;
      if (is("x-amz-trailer")) request.trailer = value;
      break;
    case 14:
      if (is("content-length")) request.content_length = number(value);
      break;
    case 16:
      if (is("content-encoding") && value.find("aws-chunked") != std::string_view::npos)
        request.aws_chunked = true;
      break;
    case 17:
      if (is("transfer-encoding") && equal_ignoring_case(value, "chunked")) request.chunked = true;
      if (is("x-amz-copy-source")) request.copy_source = percent_decoded(value, false);
      break;
    case 19:
    case 21:
    case 24:
      if (is("x-amz-checksum-mode")) request.wants_checksum = true;
      if (declares_checksum(name)) request.checksum.append(name).append(": ").append(value).append("\r\n");
      break;
    case 20:
      if (is("x-amz-content-sha256") && value.starts_with("STREAMING-")) request.aws_chunked = true;
      if (declares_checksum(name)) request.checksum.append(name).append(": ").append(value).append("\r\n");
      break;
    case 28:
      if (is("x-amz-decoded-content-length")) request.decoded_length = number(value);
      break;
  }
}

}  // namespace

std::optional<Request> Request::parse(std::string_view head) {
  Request request;
  if (!take_request_line(request, next_line(head))) return {};
  while (!head.empty()) {
    const std::string_view line = next_line(head);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      take_header(request, line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return request;
}

const std::string* Request::parameter(std::string_view name) const {
  for (const auto& [known, value] : query)
    if (known == name) return &value;
  return nullptr;
}

std::string Request::parameter_or_empty(std::string_view name) const {
  const std::string* value = parameter(name);
  return value ? *value : std::string();
}

}  // namespace sink
