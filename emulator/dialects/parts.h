// What dialect files share: quoting, times and the headers that most stores write alike.
#pragma once

#include <string>
#include <string_view>

#include "emulator/dialect.h"

namespace sluice::emulator {

std::string iso_time(TimePoint);                                 ///< 2023-11-14T22:13:20.000Z
std::string http_time(TimePoint);                                ///< Tue, 14 Nov 2023 22:13:20 GMT
std::string quoted_etag(const Dialect&, std::string_view etag);  ///< with quotes, in the dialect's case
std::string bare_etag(std::string_view etag);                    ///< without quotes and W/, lower case

std::string opaque_token(std::string_view marker);  ///< a marker as letters, digits, '-' and '_'

/// Content-Type, ETag, Last-Modified, Accept-Ranges, the stored headers, metadata (with the prefix),
/// the CRC and the storage class (left out when it is `plain_class`).
void write_object_headers(const Call&, const ObjectView&, Reply&, std::string_view plain_class);
/// ETag and, where the dialect tells one, the CRC.
void write_stored_headers(const Call&, const StoredView&, Reply&);

/// Appends JSON: objects and arrays nest by begin/end, commas and escapes are its own.
class JsonWriter {
 public:
  JsonWriter& begin_object(std::string_view name = {});
  JsonWriter& end_object();
  JsonWriter& begin_array(std::string_view name = {});
  JsonWriter& end_array();
  JsonWriter& text(std::string_view name, std::string_view value);
  JsonWriter& number(std::string_view name, std::uint64_t value);
  JsonWriter& boolean(std::string_view name, bool value);
  JsonWriter& element(std::string_view text);  ///< a string in an array
  std::string take() { return std::move(out_); }

 private:
  void separate(std::string_view name);
  std::string out_;
  bool fresh_ = true;
};

}  // namespace sluice::emulator
