// Texts within the documents that requests carry.
#pragma once

#include <string>
#include <string_view>

#include "engine/draft.h"

namespace sluice::engine::request {

std::string escape_xml(std::string_view text);
/// False for what no XML 1.0 document can hold, not even as a reference.
bool fits_xml(std::string_view text);
/// In quotes.
std::string json_string(std::string_view text);

/// "<name>text</name>"
std::string element(std::string_view name, std::string_view text);

enum class Body { xml, json };
/// Makes it the request's body, with its type and the digest that stores ask for.
void set_body(Draft&, Body, std::string text);

}  // namespace sluice::engine::request
