// A request's head, as far as the sink looks at it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sink {

struct Request {
  std::string method, bucket, key;
  std::vector<std::pair<std::string, std::string>> query;
  std::int64_t content_length = -1;
  std::int64_t decoded_length = -1;  ///< without the framing of aws-chunked
  bool chunked = false, aws_chunked = false, expects_continue = false, close = false;
  bool wants_checksum = false;  ///< of the object, if one was declared
  std::string range, content_md5, copy_source, if_match, if_none_match;
  std::string checksum;  ///< the header line that declares one, with its end of line
  std::string trailer;   ///< the name of the checksum that follows the body

  /// `head` ends with the end of its last line. Nothing: it is no request.
  static std::optional<Request> parse(std::string_view head);

  const std::string* parameter(std::string_view name) const;
  std::string parameter_or_empty(std::string_view name) const;
  /// For the sink itself (/_sink/...), not for a bucket.
  bool administers() const { return bucket == "_sink"; }
  bool moves_object() const { return !key.empty() && (method == "GET" || method == "PUT") && !administers(); }
  bool carries_object() const { return method == "PUT" && !key.empty() && copy_source.empty(); }
};

}  // namespace sink
