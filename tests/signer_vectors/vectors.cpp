#include "vectors.h"

#include <stdexcept>

namespace sluice::signers::vectors {

std::optional<Json> find(Json record, std::string_view field) {
  Json value;
  if (record.at_key(field).get(value) || value.is_null()) return {};
  return value;
}

Json need(Json record, std::string_view field) {
  const auto value = find(record, field);
  if (!value) throw std::runtime_error("no field " + std::string(field));
  return *value;
}

std::string text(Json record, std::string_view field) {
  const auto value = find(record, field);
  std::string_view view;
  if (!value || value->get(view)) return {};
  return std::string(view);
}

std::int64_t number(Json record, std::string_view field, std::int64_t otherwise) {
  const auto value = find(record, field);
  std::int64_t result = 0;
  if (!value || value->get(result)) return otherwise;
  return result;
}

void compare(Problems& problems, std::string_view what, std::string_view expected, std::string_view got) {
  if (expected == got) return;
  problems.push_back(std::string(what) + "\n    expected: " + std::string(expected) +
                     "\n    got:      " + std::string(got));
}

}  // namespace sluice::signers::vectors
