// See parts.h.
#include "emulator/dialects/parts.h"

#include <algorithm>
#include <array>

#include "io/percent.h"
#include "io/time_text.h"

namespace sluice::emulator {
namespace {

// How stored headers are spelled on the wire; some clients read names with their case.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStoredHeaders = {{
    {"content-type", "Content-Type"},
    {"cache-control", "Cache-Control"},
    {"content-disposition", "Content-Disposition"},
    {"content-encoding", "Content-Encoding"},
    {"content-language", "Content-Language"},
    {"expires", "Expires"},
}};

}  // namespace

// Vendors answer whole seconds, and the oldest SDK wants to see exactly ".000Z".
std::string iso_time(TimePoint time) {
  return io::iso_time_millis(std::chrono::floor<std::chrono::seconds>(time));
}
std::string http_time(TimePoint time) {
  return io::http_date(std::chrono::floor<std::chrono::seconds>(time));
}

std::string bare_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return io::lower_case(etag);
}

std::string quoted_etag(const Dialect& dialect, std::string_view etag) {
  std::string text = '"' + std::string(etag) + '"';
  if (dialect.rules.etag_upper) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  return text;
}

void write_object_headers(const Call& call, const ObjectView& object, Reply& reply,
                          std::string_view plain_class) {
  const Dialect& dialect = *call.dialect;
  const std::string prefix(dialect.prefix);
  for (const auto& [stored, wire] : kStoredHeaders) {
    const auto found = object.headers.find(std::string(stored));
    if (found != object.headers.end()) reply.headers.add(std::string(wire), found->second);
  }
  reply.headers.add("ETag", quoted_etag(dialect, object.etag));
  reply.headers.add("Last-Modified", http_time(object.modified));
  reply.headers.add("Accept-Ranges", "bytes");
  constexpr std::string_view kMeta = "meta-";
  for (const auto& [name, value] : object.headers) {
    if (!name.starts_with(kMeta)) continue;
    reply.headers.add(prefix + std::string(dialect.words.meta) + name.substr(kMeta.size()), value);
  }
  if (object.crc64 && !dialect.words.crc64.empty()) {
    reply.headers.add(prefix + std::string(dialect.words.crc64), std::to_string(*object.crc64));
  }
  if (!object.storage_class.empty() && object.storage_class != plain_class) {
    reply.headers.add(prefix + std::string(dialect.words.storage_class), object.storage_class);
  }
}

void write_stored_headers(const Call& call, const StoredView& stored, Reply& reply) {
  const Dialect& dialect = *call.dialect;
  reply.headers.add("ETag", quoted_etag(dialect, stored.object.etag));
  if (stored.object.crc64 && !dialect.words.crc64.empty()) {
    reply.headers.add(std::string(dialect.prefix) + std::string(dialect.words.crc64),
                      std::to_string(*stored.object.crc64));
  }
}

namespace {

void append_json_text(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void JsonWriter::separate(std::string_view name) {
  if (!fresh_) out_ += ',';
  fresh_ = false;
  if (name.empty()) return;
  append_json_text(out_, name);
  out_ += ':';
}

JsonWriter& JsonWriter::begin_object(std::string_view name) {
  separate(name);
  out_ += '{';
  fresh_ = true;
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  fresh_ = false;
  return *this;
}
JsonWriter& JsonWriter::begin_array(std::string_view name) {
  separate(name);
  out_ += '[';
  fresh_ = true;
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  fresh_ = false;
  return *this;
}
JsonWriter& JsonWriter::text(std::string_view name, std::string_view value) {
  separate(name);
  append_json_text(out_, value);
  return *this;
}
JsonWriter& JsonWriter::number(std::string_view name, std::uint64_t value) {
  separate(name);
  out_ += std::to_string(value);
  return *this;
}
JsonWriter& JsonWriter::boolean(std::string_view name, bool value) {
  separate(name);
  out_ += value ? "true" : "false";
  return *this;
}
JsonWriter& JsonWriter::element(std::string_view text) {
  separate({});
  append_json_text(out_, text);
  return *this;
}

}  // namespace sluice::emulator
