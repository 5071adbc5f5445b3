// Holds a GET's answer against what was asked.
#include "io/file_range.h"

#include "io/file_error.h"

namespace sluice::io {
namespace {

std::string_view bare_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

std::string range_text(std::uint64_t first, std::uint64_t length) {
  if (length == 0) return "no bytes";
  return "bytes " + std::to_string(first) + "-" + std::to_string(first + length - 1);
}

Unexpected object_changed(const std::string& how) {
  return source_changed("object changed during the transfer: " + how, "run the command again");
}

Result<void> check_whole(const Response& head, const ExpectedRange& expected) {
  if (expected.first != 0 || (expected.total && *expected.total != expected.length))
    return fail(ErrorKind::decode, "the store answered 200 and the whole object where " +
                                       range_text(expected.first, expected.length) + " were asked for");
  const std::string* length = head.headers.find("Content-Length");
  if (length && *length != std::to_string(expected.length))
    return object_changed("its size is " + *length + ", not " + std::to_string(expected.length));
  return {};
}

Result<void> check_partial(const Response& head, const ExpectedRange& expected) {
  const std::string* field = head.headers.find("Content-Range");
  if (!field) return fail(ErrorKind::decode, "the store answered 206 without a Content-Range");
  const auto range = parse_content_range(*field);
  if (!range) return fail(ErrorKind::decode, "the store answered the Content-Range '" + *field + "'");
  if (range->total && expected.total && *range->total != *expected.total)
    return object_changed("its size is " + std::to_string(*range->total) + ", not " +
                          std::to_string(*expected.total));
  if (range->first != expected.first || range->last - range->first + 1 != expected.length)
    return fail(ErrorKind::decode, "the store answered '" + *field + "' where " +
                                       range_text(expected.first, expected.length) + " were asked for");
  return {};
}

}  // namespace

Result<void> check_range_answer(const Response& head, const ExpectedRange& expected) {
  if (const std::string* etag = head.headers.find("ETag"); etag && !expected.etag.empty())
    if (bare_etag(*etag) != bare_etag(expected.etag))
      return object_changed("its ETag is " + *etag + ", not " + expected.etag);
  if (head.status == 200) return check_whole(head, expected);
  if (head.status == 206) return check_partial(head, expected);
  return fail(ErrorKind::decode, "the store answered " + std::to_string(head.status) + " to a GET");
}

}  // namespace sluice::io
