// What the caller wants stored with an object, to headers and back.
#include "engine/request_metadata.h"

#include <algorithm>
#include <array>

#include "io/percent.h"
#include "signers/digest.h"

namespace sluice::engine {
namespace {

constexpr std::array<std::string_view, 5> kSystemHeaders = {
    "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"};
// One encoded word may hold 75 characters by RFC 2047; stores take longer ones, and one word per
// value spares the rules of folding.
constexpr std::string_view kWordStart = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";

/// A header's value must not end the header, and must survive stacks that trim or fold blanks.
bool header_value(std::string_view v) {
  return std::none_of(v.begin(), v.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}
bool plain_value(std::string_view v) {
  if (!std::all_of(v.begin(), v.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) return false;
  return v.empty() ||
         (v.front() != ' ' && v.back() != ' ' && v.find("  ") == v.npos && v.find("=?") == v.npos);
}

std::string trimmed(std::string_view v) {
  const auto first = v.find_first_not_of(' ');
  return first == v.npos ? "" : std::string(v.substr(first, v.find_last_not_of(' ') - first + 1));
}

/// The framing of an upload, which some servers store as if it were the object's coding.
std::string without_chunking(std::string value) {
  constexpr std::string_view kFraming = "aws-chunked";
  if (!value.starts_with(kFraming)) return value;
  const auto rest = value.find_first_not_of(", ", kFraming.size());
  return rest == value.npos ? "" : value.substr(rest);
}

bool token(std::string_view name) {
  static constexpr std::string_view kMarks = "!#$&+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != kMarks.npos;
  });
}

std::optional<std::string> decode_quoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_')
      out += ' ';
    else if (text[i] != '=')
      out += text[i];
    else if (i + 2 < text.size()) {
      const auto byte = io::percent_decode("%" + std::string(text.substr(i + 1, 2)));
      if (byte.size() != 1) return {};
      out += byte;
      i += 2;
    } else
      return {};
  }
  return out;
}

/// Encoded words to UTF-8; whatever is no such word stays as it is. Blanks between words vanish.
std::string decode_words(std::string_view value) {
  std::string out;
  bool after_word = false;
  while (!value.empty()) {
    const auto start = value.find("=?");
    const auto charset = start == value.npos ? start : value.find('?', start + 2);
    const auto coding = charset == value.npos ? charset : value.find('?', charset + 1);
    const auto end = coding == value.npos ? coding : value.find(kWordEnd, coding + 1);
    if (end == value.npos || coding != charset + 2 ||
        !io::equal_ignoring_case(value.substr(start + 2, charset - start - 2), "utf-8"))
      return out.append(value);
    const auto text = value.substr(coding + 1, end - coding - 1);
    const char form = value[charset + 1];
    const auto bytes = form == 'B' || form == 'b'   ? signers::base64_decode(text)
                       : form == 'Q' || form == 'q' ? decode_quoted(text)
                                                    : std::nullopt;
    if (!bytes) return out.append(value);
    const auto between = value.substr(0, start);
    if (!after_word || between.find_first_not_of(" \t") != between.npos) out.append(between);
    out += *bytes;
    after_word = true;
    value.remove_prefix(end + kWordEnd.size());
  }
  return out;
}

}  // namespace

std::string encode_metadata(const Dialect& d, const std::string& value) {
  if (d.has(kPercentMetadata)) return io::percent_encode(value);
  if (plain_value(value)) return value;
  return std::string(kWordStart) + signers::base64(value) + std::string(kWordEnd);
}

std::string decode_metadata(const Dialect& d, const std::string& value) {
  return d.has(kPercentMetadata) ? io::percent_decode(value) : decode_words(value);
}

Result<void> add_object_headers(const Dialect& d, const PutOptions& o, io::Headers& headers) {
  const auto bad = [](const std::string& what) {
    return fail(ErrorKind::argument, what + " holds a character that no header can carry");
  };
  if (!header_value(o.content_type)) return bad("the content type");
  if (!o.content_type.empty()) headers.set("Content-Type", o.content_type);
  for (const auto& [name, value] : o.system_headers) {
    const bool known = std::any_of(kSystemHeaders.begin(), kSystemHeaders.end(),
                                   [&n = name](std::string_view k) { return io::equal_ignoring_case(k, n); });
    if (!known)
      return fail(ErrorKind::argument,
                  "'" + io::percent_encode(name) + "' is not a header stored with objects");
    if (!header_value(value)) return bad(name);
    headers.set(name, trimmed(value));
  }
  if (!token(o.storage_class) && !o.storage_class.empty()) return bad("the storage class");
  if (!o.storage_class.empty()) headers.set(header_name(d, "storage-class"), o.storage_class);
  if (!o.acl.empty()) {
    if (auto offered = check_offered(d, Operation::put_acl); !offered) return offered;
    if (!token(o.acl)) return bad("the ACL");
    headers.set(header_name(d, d.header.acl), o.acl);
  }
  if (!o.tags.empty()) {
    if (auto offered = check_offered(d, Operation::put_tags); !offered) return offered;
    std::string text;
    for (const auto& [key, value] : o.tags)
      text += (text.empty() ? "" : "&") + io::percent_encode(key) + "=" + io::percent_encode(value);
    headers.set(header_name(d, "tagging"), text);
  }
  for (const auto& [name, value] : o.metadata) {
    const auto wire_name = d.has(kPercentMetadata) ? io::percent_encode(name) : name;
    if (!token(wire_name) && !(d.has(kPercentMetadata) && !name.empty()))
      return fail(ErrorKind::argument,
                  "metadata name '" + io::percent_encode(name) + "' cannot be a header name");
    headers.set(header_name(d, "meta-") + io::lower_case(wire_name), encode_metadata(d, value));
  }
  return {};
}

std::map<std::string, std::string> read_metadata(const Dialect& d, const io::Headers& headers) {
  const auto prefix = header_name(d, "meta-");
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : headers) {
    if (name.size() <= prefix.size() ||
        !io::equal_ignoring_case(std::string_view(name).substr(0, prefix.size()), prefix))
      continue;
    const auto bare = io::lower_case(std::string_view(name).substr(prefix.size()));
    out[d.has(kPercentMetadata) ? io::percent_decode(bare) : bare] = decode_metadata(d, value);
  }
  return out;
}

io::Headers read_system_headers(const io::Headers& headers) {
  io::Headers out;
  for (const auto name : kSystemHeaders)
    if (const auto* found = headers.find(name))
      if (auto value = without_chunking(*found); !value.empty()) out.add(std::string(name), std::move(value));
  return out;
}

}  // namespace sluice::engine
