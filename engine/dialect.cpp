// The five dialects by name, and the rules by which a bucket's or a key's name is refused.
#include "engine/dialect.h"

#include <algorithm>
#include <cctype>

#include "io/http.h"
#include "io/percent.h"

namespace sluice::engine {
namespace {

const Dialect* const kAll[] = {&kOss, &kCos, &kTos, &kQingStor, &kS3};

/// Refusals have one form: what was given, and the vendor's rule.
Unexpected refuse(const Dialect& d, std::string_view what, std::string rule) {
  return fail(ErrorKind::argument,
              std::string(what) + " refused: " + std::string(d.vendor) + " wants " + std::move(rule));
}

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || i + static_cast<std::size_t>(more) >= text.size()) return false;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return false;
    for (int k = 2; k <= more; ++k)
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xC0) != 0x80) return false;
    i += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

/// Whether a URL parser that removes dot segments would turn the key into the bucket itself.
bool reduces_to_nothing(std::string_view key) {
  int depth = 0;
  while (true) {
    const auto slash = key.find('/');
    const auto segment = key.substr(0, slash);
    if (segment == "..")
      depth = std::max(0, depth - 1);
    else if (!segment.empty() && segment != ".")
      ++depth;
    if (slash == key.npos) return depth == 0;
    key.remove_prefix(slash + 1);
  }
}

}  // namespace

std::span<const Dialect* const> dialects() {
  return kAll;
}

const Dialect* find_dialect(std::string_view scheme) {
  for (const Dialect* d : kAll)
    for (const auto s : d->schemes)
      if (io::equal_ignoring_case(s, scheme)) return d;
  return nullptr;
}

const Lack* Dialect::lack_of(Operation operation) const {
  const auto found = std::find_if(lacks.begin(), lacks.end(),
                                  [operation](const Lack& lack) { return lack.operation == operation; });
  return found == lacks.end() ? nullptr : &*found;
}

Result<void> check_offered(const Dialect& d, Operation operation) {
  const Lack* lack = d.lack_of(operation);
  if (!lack) return {};
  return fail(ErrorKind::argument, std::string(d.vendor) + " has no " + std::string(words_of(operation)),
              std::string(lack->instead));
}

std::string header_name(const Dialect& d, std::string_view name) {
  return std::string(d.header_prefix).append(name);
}

Result<void> check_bucket(const Dialect& d, std::string_view bucket) {
  const auto& rules = d.bucket;
  if (bucket.empty()) return refuse(d, "empty bucket name", "a bucket");
  const std::uint32_t longest = rules.legacy ? 255 : rules.max;
  if (bucket.size() < rules.min || bucket.size() > longest)
    return refuse(d, "bucket name of " + std::to_string(bucket.size()) + " characters",
                  std::to_string(rules.min) + " to " + std::to_string(rules.max));
  const auto allowed = [&rules](char c) {
    if (alphanumeric(c) || c == '-') return true;
    if (c == '.') return rules.dots;
    return rules.legacy && (c == '_' || (c >= 'A' && c <= 'Z'));
  };
  if (!std::all_of(bucket.begin(), bucket.end(), allowed))
    return refuse(
        d, "bucket name '" + io::percent_encode(bucket) + "'",
        rules.dots ? "lower-case letters, digits, '-' and '.'" : "lower-case letters, digits and '-'");
  if (!std::isalnum(static_cast<unsigned char>(bucket.front())) ||
      !std::isalnum(static_cast<unsigned char>(bucket.back())) || bucket.find("..") != bucket.npos)
    return refuse(d, "bucket name '" + std::string(bucket) + "'", "a letter or digit at both ends");
  if (bucket.find('.') != bucket.npos && io::is_address_or_localhost(bucket))
    return refuse(d, "bucket name '" + std::string(bucket) + "'", "a name that is no IP address");
  return {};
}

Result<void> check_key(const Dialect& d, std::string_view key) {
  if (key.empty()) return refuse(d, "empty key", "1 to " + std::to_string(d.limits.max_key) + " bytes");
  if (key.size() > d.limits.max_key)
    return refuse(d, "key of " + std::to_string(key.size()) + " bytes",
                  "at most " + std::to_string(d.limits.max_key) + " bytes of UTF-8");
  if (!valid_utf8(key)) return refuse(d, "key that is not UTF-8", "UTF-8");
  if (d.has(kNoSlashFirst) && key.front() == '/') return refuse(d, "key", "no '/' at its beginning");
  if (d.has(kNoBackslashFirst) && key.front() == '\\') return refuse(d, "key", "no '\\' at its beginning");
  if (d.has(kNoDotKeys) && reduces_to_nothing(key))
    return refuse(d, "key '" + std::string(key) + "'", "a key that is more than dots and slashes");
  return {};
}

}  // namespace sluice::engine
