// JsonLine: one JSON object on one line, built field by field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

/// A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, so that every reader takes it.
std::string json_string(std::string_view text);

class JsonLine {
 public:
  JsonLine& text(std::string_view name, std::string_view value);
  JsonLine& text_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }
  JsonLine& number(std::string_view name, std::uint64_t value);
  JsonLine& decimal(std::string_view name, double value);
  JsonLine& boolean(std::string_view name, bool value);
  JsonLine& nothing(std::string_view name);  ///< null
  JsonLine& numbers(std::string_view name, const std::vector<std::uint64_t>& values);
  JsonLine& texts(std::string_view name, const std::vector<std::string>& values);
  JsonLine& object(std::string_view name, const JsonLine& value) { return raw(name, value.braced()); }
  JsonLine& objects(std::string_view name, const std::vector<JsonLine>& values);
  std::string str() const { return braced() + "\n"; }

 private:
  std::string braced() const { return "{" + fields_ + "}"; }
  JsonLine& raw(std::string_view name, std::string_view value);
  std::string fields_;
};

}  // namespace sluice::cli
