#include "engine/xml_reader.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

namespace sluice::engine {
namespace {

enum : std::uint8_t { kBlank = 1, kNameStart = 2, kNamePart = 4 };

// The colon is left out: it ends a prefix.
constexpr auto kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (const unsigned char c : {' ', '\t', '\r', '\n'}) kinds[c] = kBlank;
  for (unsigned c = 'A'; c <= 'Z'; ++c) kinds[c] = kinds[c + ('a' - 'A')] = kNameStart | kNamePart;
  for (unsigned c = 0x80; c <= 0xff; ++c) kinds[c] = kNameStart | kNamePart;
  kinds['_'] = kNameStart | kNamePart;
  for (const unsigned char c : std::string_view("-.0123456789")) kinds[c] = kNamePart;
  return kinds;
}();

bool is(char c, std::uint8_t kind) {
  return (kKinds[static_cast<unsigned char>(c)] & kind) != 0;
}
char* behind_blanks(char* at) {
  while (is(*at, kBlank)) ++at;
  return at;
}
char* behind_name(char* at) {
  while (is(*at, kNamePart)) ++at;
  return at;
}
char* find(char* from, char* to, char c) {
  return static_cast<char*>(std::memchr(from, c, static_cast<std::size_t>(to - from)));
}
char* move_to(char* out, const char* from, const char* to) {
  const auto size = static_cast<std::size_t>(to - from);
  if (out != from) std::memmove(out, from, size);
  return out + size;
}

char* put_utf8(char* out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  const auto follow = [&](unsigned shift) { put(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    follow(0);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    follow(6);
    follow(0);
  } else {
    put(0xf0 | code >> 18);
    follow(12);
    follow(6);
    follow(0);
  }
  return out;
}

/// "#65;" or "#x41;": how long it is, 0 when it names no character.
std::size_t character(char*& out, std::string_view text) {
  const bool hex = text.starts_with("#x");
  const char* const end = text.data() + text.size();
  std::uint32_t code = 0;
  const auto [stop, error] = std::from_chars(text.data() + (hex ? 2 : 1), end, code, hex ? 16 : 10);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (error != std::errc{} || stop == end || *stop != ';' || code == 0 || code > 0x10ffff || surrogate)
    return 0;
  out = put_utf8(out, code);
  return static_cast<std::size_t>(stop + 1 - text.data());
}

/// What follows an '&', written at `out`: how long it is, 0 when it is no reference.
std::size_t reference(char*& out, std::string_view text) {
  std::size_t size = 0;
  const auto named = [&]<std::size_t kSize>(const char(&name)[kSize], char c) {
    if (!text.starts_with(std::string_view(name, kSize - 1))) return false;
    *out++ = c;
    size = kSize - 1;
    return true;
  };
  if (named("quot;", '"') || named("amp;", '&') || named("lt;", '<') || named("gt;", '>') ||
      named("apos;", '\''))
    return size;
  return text.starts_with('#') ? character(out, text) : 0;
}

/// Text between marks, written at `out`, which is not behind it: what a reference stands for is never
/// longer than the reference. The new end, or null.
char* decode(char* out, char* from, char* to) {
  while (true) {
    char* const ampersand = find(from, to, '&');
    out = move_to(out, from, ampersand ? ampersand : to);
    if (!ampersand) return out;
    from = ampersand + 1;
    const std::size_t size = reference(out, std::string_view(from, static_cast<std::size_t>(to - from)));
    if (size == 0) return nullptr;
    from += size;
  }
}

constexpr std::string_view kCdata = "![CDATA[", kCdataEnd = "]]>";
constexpr const char* kCutOff = "it is cut off";
constexpr const char* kNoCharacter = "a reference to no character";
constexpr const char* kStrayEnd = "an end tag of no open element";
constexpr const char* kOutside = "text outside of the element";

}  // namespace

XmlReader::XmlReader(std::string& body) : at_(body.data()), end_(body.data() + body.size()) {
  if (body.starts_with("\xEF\xBB\xBF")) at_ += 3;
  // Below, a NUL is the end.
  if (body.find('\0') != body.npos) fail("a NUL byte");
}

bool XmlReader::fail(const char* why) {
  if (!error_) error_ = why;
  at_ = end_;
  empty_ = false;
  return false;
}

bool XmlReader::enter() {
  if (empty_) {
    empty_ = false;
    --depth_;
    return false;
  }
  while (true) {
    if (error_) return false;
    char* const mark = *at_ == '<' ? at_ : find(at_, end_, '<');
    if (depth_ == 0 && behind_blanks(at_) != (mark ? mark : end_)) return fail(kOutside);
    if (!mark) return depth_ > 0 || !rooted_ ? fail(kCutOff) : false;
    at_ = mark + 1;
    if (*at_ == '/') {
      close_tag();
      return false;
    }
    if (*at_ != '!' && *at_ != '?') return open_tag();
    pass_over();
  }
}

bool XmlReader::open_tag() {
  char* const begin = at_;
  char* local = at_;
  while (true) {
    if (!is(*local, kNameStart)) return fail("a tag without a name");
    at_ = behind_name(local);
    if (*at_ != ':') break;
    local = at_ + 1;
  }
  if (depth_ == kMostDepth) return fail("it is nested too deeply");
  if (depth_ == 0 && std::exchange(rooted_, true)) return fail("more than one element");
  name_ = {local, static_cast<std::size_t>(at_ - local)};
  open_[depth_++] = {begin, static_cast<std::size_t>(at_ - begin)};
  if (*at_ != '>') return attributes();
  ++at_;
  return true;
}

bool XmlReader::attributes() {
  while (true) {
    char* const next = behind_blanks(at_);
    if (*next == '>' || (*next == '/' && next[1] == '>')) {
      empty_ = *next == '/';
      at_ = next + (empty_ ? 2 : 1);
      return true;
    }
    if (next == at_) return fail("a malformed tag");
    at_ = next;
    if (!is(*at_, kNameStart)) return fail("a malformed tag");
    do at_ = behind_name(at_ + 1);
    while (*at_ == ':');
    at_ = behind_blanks(at_);
    if (*at_ != '=') return fail("a malformed attribute");
    at_ = behind_blanks(at_ + 1);
    char* const quote = at_;
    if (*quote != '"' && *quote != '\'') return fail("a malformed attribute");
    char* const close = find(quote + 1, end_, *quote);
    if (!close) return fail(kCutOff);
    at_ = close + 1;
  }
}

/// At what follows the '<'.
void XmlReader::close_tag() {
  const std::string_view name = depth_ > 0 ? open_[depth_ - 1] : "";
  const bool same = !name.empty() && rest().substr(1).starts_with(name);
  if (same) at_ = behind_blanks(at_ + 1 + name.size());
  if (!same || *at_ != '>') {
    fail(kStrayEnd);
    return;
  }
  ++at_;
  --depth_;
}

/// At what follows a "<" and is no tag.
bool XmlReader::pass_over() {
  if (rest().starts_with("!--")) {
    at_ += 3;
    return to_behind("-->");
  }
  if (rest().starts_with(kCdata)) return depth_ > 0 ? to_behind(kCdataEnd) : fail(kOutside);
  if (*at_ == '?' && is(at_[1], kNameStart)) return to_behind("?>");
  return fail("a document type, or a malformed tag");
}

bool XmlReader::to_behind(std::string_view mark) {
  const auto found = rest().find(mark);
  if (found == std::string_view::npos) return fail(kCutOff);
  at_ += found + mark.size();
  return true;
}

// Nearly all texts are one piece and end with "</name>"; the others are put together.
std::optional<std::string_view> XmlReader::text() {
  char* const begin = at_;
  char* const mark = empty_ ? nullptr : find(begin, end_, '<');
  if (!mark) return assembled_text();
  const std::string_view name = open_[depth_ - 1];
  if (static_cast<std::size_t>(end_ - mark) < name.size() + 3 || mark[1] != '/' ||
      mark[name.size() + 2] != '>' || !same_name(mark + 2, name.data(), name.size()))
    return assembled_text();
  if (ampersand_ < begin) {
    ampersand_ = find(begin, end_, '&');
    if (!ampersand_) ampersand_ = end_;
  }
  char* const out = ampersand_ < mark ? decode(ampersand_, ampersand_, mark) : mark;
  if (!out) {
    fail(kNoCharacter);
    return {};
  }
  at_ = mark + name.size() + 3;
  --depth_;
  return std::string_view(begin, static_cast<std::size_t>(out - begin));
}

std::optional<std::string_view> XmlReader::assembled_text() {
  char* const begin = at_;
  char* out = begin;
  if (empty_) {
    enter();
    return std::string_view();
  }
  while (true) {
    char* const mark = find(at_, end_, '<');
    if (!mark) {
      fail(kCutOff);
      return {};
    }
    out = decode(out, at_, mark);
    if (!out) {
      fail(kNoCharacter);
      return {};
    }
    at_ = mark + 1;
    if (*at_ == '/') {
      close_tag();
      if (error_) return {};
      return std::string_view(begin, static_cast<std::size_t>(out - begin));
    }
    if (*at_ != '!' && *at_ != '?') {
      at_ = mark;
      return {};
    }
    const bool literal = rest().starts_with(kCdata);
    if (!pass_over()) return {};
    if (literal) out = move_to(out, mark + 1 + kCdata.size(), at_ - kCdataEnd.size());
  }
}

}  // namespace sluice::engine
