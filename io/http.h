// HTTP as values: what signers sign, what the loop sends, what the store answers.
// Nothing here does I/O. Shared by client and emulator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::io {

/// Header fields in wire order. Names compare without case; a name may repeat.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value) {
    if (fields_.empty()) fields_.reserve(kUsual);
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string_view name, std::string value);  ///< replaces every field of that name
  void remove(std::string_view name);
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::string* find(std::string_view name) const;  ///< first value, or null
  /// The same for a name in two pieces.
  const std::string* find(std::string_view prefix, std::string_view rest) const;
  std::string get(std::string_view name) const;  ///< first value, or ""
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  void clear() { fields_.clear(); }
  std::vector<Field> release() && { return std::move(fields_); }

 private:
  static constexpr std::size_t kUsual = 16;
  std::vector<Field> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

/// Query parameters, decoded, in wire order; an empty value is written as the bare name.
using Query = std::vector<std::pair<std::string, std::string>>;
const std::string* find_query(const Query&, std::string_view name);

struct Request {
  std::string method;  ///< upper case
  bool tls = false;
  std::string host;        ///< Host header: name[:port], port left out when it is the scheme's own
  std::uint16_t port = 0;  ///< TCP port
  std::string connect_to;  ///< address to connect to instead of resolving `host`; may be empty
  std::string path = "/";  ///< percent-encoded, exactly as sent
  Query query;             ///< decoded
  Headers headers;         ///< without Host and Content-Length

  std::string target() const;  ///< path?query as sent
  std::string url() const;     ///< scheme://host/path?query
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;              ///< what no sink took; at most 64 MiB, error bodies always
  std::uint64_t body_bytes = 0;  ///< bytes of body received, sink or not
  std::string request_id(std::string_view header) const { return headers.get(header); }
};

/// A single byte range [first, last], inclusive as in HTTP.
struct ByteRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;  ///< to the end when empty
};
std::string range_header(const ByteRange&);  ///< "bytes=a-b"

/// "bytes a-b/total" of a 206.
struct ContentRange {
  std::uint64_t first = 0, last = 0;
  std::optional<std::uint64_t> total;
};
std::optional<ContentRange> parse_content_range(std::string_view);

}  // namespace sluice::io
