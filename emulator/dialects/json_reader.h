// Reading the JSON documents that TOS and QingStor clients send. Pure; owns nothing of the caller's.
//
// A value that is absent or null reads as the fallback; one of another type makes the document
// malformed, as the vendors answer it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/call.h"

namespace sluice::emulator {

class JsonObject {
 public:
  /// The document's object; a Failure of malformed_body when it is none.
  static Outcome<JsonObject> parse(const std::string& document);

  Outcome<std::string> text(std::string_view name, std::string fallback = {}) const;
  Outcome<std::int64_t> number(std::string_view name, std::int64_t fallback = 0) const;
  Outcome<bool> boolean(std::string_view name, bool fallback = false) const;
  bool has(std::string_view name) const;
  Outcome<JsonObject> object(std::string_view name) const;
  /// Calls `each` for every object of the array `name` until one fails; an absent array is malformed.
  Outcome<Done> array(std::string_view name,
                      const std::function<Outcome<Done>(const JsonObject&)>& each) const;

 private:
  struct Node;
  explicit JsonObject(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

}  // namespace sluice::emulator
