// See json_reader.h.
#include "emulator/dialects/json_reader.h"

#include <simdjson.h>

namespace sluice::emulator {

// A node keeps the parser alive, which owns the document that the element points into.
struct JsonObject::Node {
  std::shared_ptr<simdjson::dom::parser> parser;
  simdjson::dom::object value;
};

namespace {

Failure malformed(std::string_view what) {
  return {Trouble::malformed_body, "The JSON document is malformed: " + std::string(what) + ".", {}, {}};
}

// Absent and null alike: nothing there.
std::optional<simdjson::dom::element> find(const simdjson::dom::object& object, std::string_view name) {
  simdjson::dom::element found;
  if (object.at_key(name).get(found) != simdjson::SUCCESS || found.is_null()) return {};
  return found;
}

}  // namespace

Outcome<JsonObject> JsonObject::parse(const std::string& document) {
  auto node = std::make_shared<Node>();
  node->parser = std::make_shared<simdjson::dom::parser>();
  if (node->parser->parse(document).get_object().get(node->value) != simdjson::SUCCESS) {
    return malformed("an object was expected");
  }
  return JsonObject(std::move(node));
}

bool JsonObject::has(std::string_view name) const {
  return find(node_->value, name).has_value();
}

Outcome<std::string> JsonObject::text(std::string_view name, std::string fallback) const {
  const auto found = find(node_->value, name);
  if (!found) return fallback;
  std::string_view value;
  if (found->get(value) != simdjson::SUCCESS) return malformed(std::string(name) + " must be text");
  return std::string(value);
}

Outcome<std::int64_t> JsonObject::number(std::string_view name, std::int64_t fallback) const {
  const auto found = find(node_->value, name);
  if (!found) return fallback;
  std::int64_t value = 0;
  if (found->get(value) != simdjson::SUCCESS) return malformed(std::string(name) + " must be a number");
  return value;
}

Outcome<bool> JsonObject::boolean(std::string_view name, bool fallback) const {
  const auto found = find(node_->value, name);
  if (!found) return fallback;
  bool value = false;
  if (found->get(value) != simdjson::SUCCESS) return malformed(std::string(name) + " must be true or false");
  return value;
}

Outcome<JsonObject> JsonObject::object(std::string_view name) const {
  const auto found = find(node_->value, name);
  auto node = std::make_shared<Node>();
  node->parser = node_->parser;
  if (!found || found->get(node->value) != simdjson::SUCCESS) {
    return malformed(std::string(name) + " must be an object");
  }
  return JsonObject(std::move(node));
}

Outcome<Done> JsonObject::array(std::string_view name,
                                const std::function<Outcome<Done>(const JsonObject&)>& each) const {
  const auto found = find(node_->value, name);
  simdjson::dom::array elements;
  if (!found || found->get(elements) != simdjson::SUCCESS) {
    return malformed(std::string(name) + " must be an array");
  }
  for (const simdjson::dom::element element : elements) {
    auto node = std::make_shared<Node>();
    node->parser = node_->parser;
    if (element.get(node->value) != simdjson::SUCCESS) {
      return malformed(std::string(name) + " must hold objects");
    }
    if (auto outcome = each(JsonObject(std::move(node))); !outcome) return outcome;
  }
  return Done{};
}

}  // namespace sluice::emulator
