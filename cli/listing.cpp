// Rows of a listing: listing.h.
#include "cli/listing.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "cli/units.h"
#include "io/http.h"
#include "io/time_text.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kGap = 2;

std::string shown(const std::string& name, bool terminal) {
  return terminal ? printable(name) : name;
}
std::string when(const std::optional<TimePoint>& time) {
  return time ? format_time(*time) : "-";
}

/// By hand: a listing may have millions of rows, and formatting would be half its cost.
void append_columns(std::string& out, std::string_view time, std::string_view size) {
  constexpr std::size_t kTime = 20, kSize = 15, kLongestNumber = 20;
  std::array<char, kTime + kGap + kLongestNumber + kGap> columns;
  columns.fill(' ');
  std::copy(time.begin(), time.end(), columns.begin());
  const std::size_t end = kTime + kGap + std::max(size.size(), kSize);
  std::copy_backward(size.begin(), size.end(), columns.begin() + end);
  out.append(columns.data(), end + kGap);
}

void append_owner(std::string& out, std::string_view owner) {
  constexpr std::size_t kOwner = 16;
  out += owner;
  out.append(std::max(owner.size(), kOwner) - owner.size() + kGap, ' ');
}

void append_name(std::string& out, const std::string& name, bool terminal) {
  if (terminal) {
    out += printable(name);
  } else {
    out += name;
  }
  out += '\n';
}

}  // namespace

void append_object_row(std::string& out, const ObjectInfo& object, RowStyle style) {
  const fmt::format_int size(object.size);
  std::string_view time = "-";
  std::array<char, 20> chars;
  if (object.modified) {
    chars = io::iso_time_chars(std::chrono::floor<std::chrono::seconds>(*object.modified));
    time = {chars.data(), chars.size()};
  }
  append_columns(out, time, {size.data(), size.size()});
  if (style.owner) append_owner(out, object.owner.empty() ? "-" : shown(object.owner, style.terminal));
  append_name(out, object.key, style.terminal);
}

void append_prefix_row(std::string& out, const std::string& prefix, RowStyle style) {
  append_columns(out, "", "DIR");
  if (style.owner) append_owner(out, "");
  append_name(out, prefix, style.terminal);
}

std::string bucket_row(const BucketInfo& bucket, bool terminal) {
  return fmt::format("{:20}  {:15}  {}\n", when(bucket.created), bucket.region.empty() ? "-" : bucket.region,
                     shown(bucket.name, terminal));
}

JsonLine object_json(const char* event, const ObjectInfo& object) {
  JsonLine line;
  line.text("event", event).text("key", object.key).number("size", object.size).text_if("etag", object.etag);
  if (object.modified) line.text("modified", format_time(*object.modified));
  line.text_if("storage_class", object.storage_class);
  line.text_if("owner", object.owner).text_if("owner_name", object.owner_name);
  return line;
}

JsonLine& add_reply(JsonLine& line, const Reply& reply) {
  // Small letters, and one value a name, however the store writes them.
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : reply.headers) {
    std::string& all = values[io::lower_case(name)];
    all += (all.empty() ? "" : ", ") + value;
  }
  JsonLine headers;
  for (const auto& [name, value] : values) headers.text(name, value);
  return line.number("status", static_cast<std::uint64_t>(reply.status))
      .text_if("request_id", reply.request_id)
      .object("headers", headers);
}

void append_named(std::string& out, std::string_view name, std::string_view value, bool terminal) {
  if (!value.empty()) out += fmt::format("{:14} {}\n", name, terminal ? printable(value) : value);
}

}  // namespace sluice::cli
