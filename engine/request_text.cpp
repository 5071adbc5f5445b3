#include "engine/request_text.h"

#include "signers/digest.h"

namespace sluice::engine::request {

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20)  // as they are, they would be read as other blanks
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    else
      out += c;
  }
  return out;
}

bool fits_xml(std::string_view text) {
  constexpr std::string_view kNoCharacter = "\xEF\xBF";  // U+FFFE and U+FFFF
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    if (text.substr(i).starts_with(kNoCharacter) && i + 2 < text.size() &&
        static_cast<unsigned char>(text[i + 2]) >= 0xBE)
      return false;
  }
  return true;
}

std::string json_string(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string element(std::string_view name, std::string_view text) {
  return std::string("<").append(name).append(">") + escape_xml(text) + "</" + std::string(name) + ">";
}

void set_body(Draft& draft, Body kind, std::string text) {
  draft.headers.set("Content-Type", kind == Body::xml ? "application/xml" : "application/json");
  draft.headers.set("Content-MD5", signers::base64(signers::md5(text)));
  draft.body = std::move(text);
}

}  // namespace sluice::engine::request
