// JSON bodies, by simdjson: the whole document is checked before anything is taken from it.
#include <simdjson.h>
#include <array>
#include <charconv>

#include "engine/codec_shapes.h"

namespace sluice::engine::codec {
namespace {

/// Bodies above this size get a parser of their own, so that one of them does not keep its memory.
constexpr std::size_t kKeptParserBytes = 4u << 20;

struct JsonNode {
  static constexpr bool kXml = false;
  simdjson::dom::element element;
  mutable std::array<char, 24> number{};

  template <class F>
  void each(const std::string_view&, F&& f) const {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) return;
    for (const auto field : object) {
      simdjson::dom::array items;
      if (field.value.is_null()) continue;
      if (field.value.get(items) != simdjson::SUCCESS) {
        if (!f(field.key, JsonNode{field.value})) return;
        continue;
      }
      for (const auto item : items)
        if (!f(field.key, JsonNode{item})) return;
    }
  }

  std::optional<std::string_view> text() const {
    switch (element.type()) {
      case simdjson::dom::element_type::STRING:
        return std::string_view(element.get_string().value_unsafe());
      case simdjson::dom::element_type::INT64:
        return print(element.get_int64().value_unsafe());
      case simdjson::dom::element_type::UINT64:
        return print(element.get_uint64().value_unsafe());
      case simdjson::dom::element_type::BOOL:
        return element.get_bool().value_unsafe() ? "true" : "false";
      default:
        return {};
    }
  }

 private:
  template <class Int>
  std::string_view print(Int value) const {
    const auto end = std::to_chars(number.data(), number.data() + number.size(), value).ptr;
    return {number.data(), static_cast<std::size_t>(end - number.data())};
  }
};

}  // namespace

template <class Shape>
std::string read_json(const std::string& body, Shape& into) {
  static thread_local simdjson::dom::parser kept;
  simdjson::dom::parser own;
  simdjson::dom::parser& parser = body.size() > kKeptParserBytes ? own : kept;
  simdjson::dom::element root;
  if (const auto error = parser.parse(body).get(root); error != simdjson::SUCCESS)
    return std::string("malformed JSON: ") + simdjson::error_message(error);
  if (!root.is_object()) return "not a JSON object";
  const auto failed = Shapes<JsonNode>::read(JsonNode{root}, into);
  if (!failed.empty()) return "unreadable value of \"" + std::string(failed) + "\"";
  return into.known > 0 ? "" : "a JSON object without any field we know";
}

template std::string read_json(const std::string&, RawList&);
template std::string read_json(const std::string&, RawBuckets&);
template std::string read_json(const std::string&, RawUpload&);
template std::string read_json(const std::string&, RawParts&);
template std::string read_json(const std::string&, RawUploads&);
template std::string read_json(const std::string&, RawOutcome&);
template std::string read_json(const std::string&, RawAcl&);
template std::string read_json(const std::string&, RawTags&);
template std::string read_json(const std::string&, RawLocation&);
template std::string read_json(const std::string&, RawProperties&);
template std::string read_json(const std::string&, RawDeleted&);
template std::string read_json(const std::string&, RawError&);

}  // namespace sluice::engine::codec
