// Texts and keys of SigV4, TOS4 and OSS V4. A signature is made for every part of every transfer, so
// these functions build each text in one string and sort views of it.
#include "signers/v4.h"

#include <algorithm>
#include <array>
#include <vector>

#include "io/percent.h"

namespace sluice::signers {

const V4Family kSigV4 = {
    .scheme = Scheme::sigv4,
    .algorithm = "AWS4-HMAC-SHA256",
    .key_prefix = "AWS4",
    .service = "s3",
    .terminator = "aws4_request",
    .header_prefix = "x-amz-",
    .date_header = "x-amz-date",
    .payload_header = "x-amz-content-sha256",
    .token_header = "x-amz-security-token",
    .algorithm_query = "X-Amz-Algorithm",
    .credential_query = "X-Amz-Credential",
    .date_query = "X-Amz-Date",
    .expires_query = "X-Amz-Expires",
    .token_query = "X-Amz-Security-Token",
    .headers_query = "X-Amz-SignedHeaders",
    .signature_query = "X-Amz-Signature",
    .headers_field = "SignedHeaders",
    .separator = ", ",
    .signs_resource = false,
    .lists_all_headers = true,
    .collapses_blanks = true,
    .bare_names = false,
    .sorts_raw_names = false,
    .any_case_query = false,
    .content_type_in_url = true,
};

const V4Family kTos4 = {
    .scheme = Scheme::tos4,
    .algorithm = "TOS4-HMAC-SHA256",
    .key_prefix = "",
    .service = "tos",
    .terminator = "request",
    .header_prefix = "x-tos",  // without a dash, as the vendor's own test has it
    .date_header = "x-tos-date",
    .payload_header = "x-tos-content-sha256",
    .token_header = "x-tos-security-token",
    .algorithm_query = "X-Tos-Algorithm",
    .credential_query = "X-Tos-Credential",
    .date_query = "X-Tos-Date",
    .expires_query = "X-Tos-Expires",
    .token_query = "X-Tos-Security-Token",
    .headers_query = "X-Tos-SignedHeaders",
    .signature_query = "X-Tos-Signature",
    .headers_field = "SignedHeaders",
    .separator = ", ",
    .signs_resource = false,
    .lists_all_headers = true,
    .collapses_blanks = true,
    .bare_names = false,
    .sorts_raw_names = true,
    .any_case_query = true,
    .content_type_in_url = false,
};

const V4Family kOssV4 = {
    .scheme = Scheme::oss_v4,
    .algorithm = "OSS4-HMAC-SHA256",
    .key_prefix = "aliyun_v4",
    .service = "oss",
    .terminator = "aliyun_v4_request",
    .header_prefix = "x-oss-",
    .date_header = "x-oss-date",
    .payload_header = "x-oss-content-sha256",
    .token_header = "x-oss-security-token",
    .algorithm_query = "x-oss-signature-version",
    .credential_query = "x-oss-credential",
    .date_query = "x-oss-date",
    .expires_query = "x-oss-expires",
    .token_query = "x-oss-security-token",
    .headers_query = "x-oss-additional-headers",
    .signature_query = "x-oss-signature",
    .headers_field = "AdditionalHeaders",
    .separator = ",",
    .signs_resource = true,
    .lists_all_headers = false,
    .collapses_blanks = false,
    .bare_names = true,
    .sorts_raw_names = false,
    .any_case_query = false,
    .content_type_in_url = true,
};

namespace {

bool blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

void append_value(std::string& out, std::string_view value, bool collapse) {
  value = trim(value);
  const bool plain = value.find(' ') == std::string_view::npos && value.find('\t') == std::string_view::npos;
  if (plain || !collapse) {
    out += value;
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!blank(value[i]))
      out += value[i];
    else if (!blank(value[i - 1]))
      out += ' ';
  }
}

/// Keeps the order of equals. Lists are short, and std::stable_sort would allocate; but what arrives at
/// a store may be as long as a stranger likes.
template <class List, class Less>
void sort_stably(List& list, Less less) {
  if (list.size() > 32) return std::stable_sort(list.begin(), list.end(), less);
  for (auto next = list.begin(); next != list.end(); ++next)
    std::rotate(std::upper_bound(list.begin(), next, *next, less), next, next + 1);
}

/// One thread's keys. Few are live at a time (one a store and day), so the oldest makes room.
class KeyCache {
 public:
  const HmacKey& get(const V4Family& family, const Credentials& who, std::string_view day,
                     std::string_view region) {
    for (const Entry& e : entries_)
      if (e.family == &family && e.day == day && e.region == region && e.access_key == who.access_key &&
          e.secret_key == who.secret_key)
        return e.key;
    Entry& e = entries_[next_];
    next_ = (next_ + 1) % entries_.size();
    std::string key = std::string(family.key_prefix) + who.secret_key;
    for (const auto step : {day, region, family.service, family.terminator}) key = hmac_sha256(key, step);
    e = {&family, std::string(day), std::string(region), who.access_key, who.secret_key, HmacKey(key)};
    return e.key;
  }

 private:
  struct Entry {
    const V4Family* family = nullptr;
    std::string day, region, access_key, secret_key;
    HmacKey key;
  };
  std::array<Entry, 16> entries_;
  std::size_t next_ = 0;
};

}  // namespace

std::string v4_scope(const V4Family& family, std::string_view day, std::string_view region) {
  std::string scope;
  scope.reserve(64);
  scope.append(day).append("/").append(region).append("/").append(family.service).append("/");
  return scope.append(family.terminator);
}

const HmacKey& v4_day_key(const V4Family& family, const Credentials& who, std::string_view day,
                          std::string_view region) {
  thread_local KeyCache cache;
  return cache.get(family, who, day, region);
}

std::string v4_resource_path(const Resource& resource) {
  if (resource.bucket.empty()) return "/";
  return "/" + io::percent_encode(resource.bucket) + "/" + io::encode_path(resource.key);
}

bool v4_always_signed(const V4Family& family, std::string_view name) {
  if (name.starts_with(family.header_prefix) || name == "content-type") return true;
  return family.lists_all_headers ? name == "host" : name == "content-md5";
}

V4Headers v4_headers(const V4Family& family, const io::Headers& headers, std::string_view host,
                     ChooseHeader choose) {
  struct Line {
    std::size_t name_at, name_size;
    std::string_view value;
    bool listed;
  };
  std::string names;  // lower case, one behind the other
  std::vector<Line> lines;
  names.reserve(256);
  lines.reserve(headers.size() + 1);
  const auto consider = [&](std::string_view name, std::string_view value) {
    const auto at = names.size();
    names += name;
    std::transform(names.begin() + static_cast<std::ptrdiff_t>(at), names.end(),
                   names.begin() + static_cast<std::ptrdiff_t>(at),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto chosen = choose(std::string_view(names).substr(at), value);
    if (chosen == Signed::no)
      names.resize(at);
    else
      lines.push_back({at, name.size(), value, chosen == Signed::listed});
  };
  if (!host.empty()) consider("host", host);
  for (const auto& [name, value] : headers)
    if (host.empty() || !io::equal_ignoring_case(name, "host")) consider(name, value);

  const auto name_of = [&names](const Line& line) {
    return std::string_view(names).substr(line.name_at, line.name_size);
  };
  sort_stably(lines, [&](const Line& a, const Line& b) { return name_of(a) < name_of(b); });
  V4Headers result;
  result.lines.reserve(512);
  result.names.reserve(128);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto name = name_of(lines[i]);
    if (i > 0 && name_of(lines[i - 1]) == name) {
      result.lines.back() = ',';
    } else {
      result.lines.append(name).append(":");
      if (lines[i].listed) result.names.append(result.names.empty() ? "" : ";").append(name);
    }
    append_value(result.lines, lines[i].value, family.collapses_blanks);
    result.lines += '\n';
  }
  return result;
}

std::string v4_query(const V4Family& family, const io::Query& query, std::string_view without) {
  struct Pair {
    std::string_view raw_name;
    std::string name, value;
  };
  std::vector<Pair> pairs;
  pairs.reserve(query.size());
  for (const auto& [name, value] : query) {
    if (name == without || (family.any_case_query && io::equal_ignoring_case(name, without))) continue;
    pairs.push_back({name, io::percent_encode(name), io::percent_encode(value)});
  }
  sort_stably(pairs, [&family](const Pair& a, const Pair& b) {
    if (family.sorts_raw_names) return a.raw_name < b.raw_name;
    return a.name != b.name ? a.name < b.name : a.value < b.value;
  });
  std::string out;
  for (const Pair& pair : pairs) {
    if (!out.empty()) out += '&';
    out += pair.name;
    if (!pair.value.empty() || !family.bare_names) out.append("=").append(pair.value);
  }
  return out;
}

std::string v4_canonical_request(std::string_view method, std::string_view path, std::string_view query,
                                 const V4Headers& headers, std::string_view payload) {
  std::string text;
  text.reserve(method.size() + path.size() + query.size() + headers.lines.size() + headers.names.size() +
               payload.size() + 5);
  for (const std::string_view part : {method, path, query, std::string_view(headers.lines)})
    text.append(part).append("\n");
  return text.append(headers.names).append("\n").append(payload);
}

std::string v4_string_to_sign(const V4Family& family, std::string_view date, std::string_view scope,
                              std::string_view canonical_request) {
  std::string text;
  text.reserve(192);
  text.append(family.algorithm).append("\n").append(date).append("\n").append(scope).append("\n");
  return text.append(sha256_hex(canonical_request));
}

}  // namespace sluice::signers
