// What is stored beside an object's bytes: standard headers, user metadata, acl, tags, checksum kind.
//
// In the storage's HeaderList: "content-type" and its kin, "meta-<name>", "acl", "tags" (a query
// string), and of S3's checksums "checksum-algorithm", "checksum-type" and, when composite,
// "checksum-value". All names in lower case.
#include <algorithm>
#include <array>

#include "emulator/checksums.h"
#include "emulator/dialects/parts.h"
#include "emulator/operations.h"
#include "io/percent.h"

namespace sluice::emulator {
namespace {

constexpr std::array<std::string_view, 6> kKept = {"content-type",        "cache-control",
                                                   "content-disposition", "content-encoding",
                                                   "content-language",    "expires"};

// The framing of the request's body is no property of the object.
std::string without_framing(const std::string& encodings) {
  std::string kept;
  std::string_view rest = encodings;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    std::string_view one = rest.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one != "aws-chunked" && one != "tos-chunked" && !one.empty()) {
      kept += (kept.empty() ? "" : ",") + std::string(one);
    }
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return kept;
}

void set(HeaderList& list, const std::string& name, std::string value) {
  std::erase_if(list, [&](const auto& entry) { return entry.first == name; });
  if (!value.empty()) list.emplace_back(name, std::move(value));
}

std::string get(const HeaderList& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& e) { return e.first == name; });
  return found == list.end() ? std::string() : found->second;
}

std::string tags_text(const Tags& tags) {
  io::Query query;
  for (const auto& [key, value] : tags) query.emplace_back(key, value);
  return io::format_query(query);
}

Tags parse_tags(const std::string& text) {
  Tags tags;
  for (const auto& [key, value] : io::parse_query(text)) tags[key] = value;
  return tags;
}

}  // namespace

Outcome<Attributes> attributes_of(const Call& call) {
  const Dialect& dialect = *call.dialect;
  Attributes attributes;
  HeaderList& list = attributes.headers;
  const std::string meta = std::string(dialect.prefix) + std::string(dialect.words.meta);
  std::size_t metadata_bytes = 0;
  for (const auto& [header, value] : call.request.headers) {
    const std::string lower = io::lower_case(header);
    if (lower.starts_with(meta)) {
      const std::string bare = lower.substr(meta.size());
      metadata_bytes += bare.size() + value.size();
      const std::string entry = "meta-" + bare;
      const std::string before = get(list, entry);
      set(list, entry, before.empty() ? value : before + "," + value);
      if (value.empty()) list.emplace_back(entry, "");
    } else if (std::find(kKept.begin(), kKept.end(), lower) != kKept.end()) {
      set(list, lower, lower == "content-encoding" ? without_framing(value) : value);
    }
  }
  if (metadata_bytes > dialect.limits.metadata_max) return Failure{Trouble::metadata_too_large, {}, {}, {}};
  set(list, "acl", call.vendor(dialect.words.object_acl));
  set(list, "tags", call.vendor(dialect.words.tagging));
  attributes.storage_class = call.vendor(dialect.words.storage_class);
  return attributes;
}

ObjectView view_of(const ObjectInfo& info) {
  ObjectView view;
  view.key = info.key;
  view.size = info.size;
  view.etag = io::lower_case(info.etag);
  view.modified = time_of(info.modified);
  view.crc64 = info.sums.crc64;
  view.type = info.type == ObjectType::appendable  ? "Appendable"
              : info.type == ObjectType::multipart ? "Multipart"
                                                   : "Normal";
  view.storage_class = info.attributes.storage_class;
  view.parts = info.parts;
  for (const auto& [name, value] : info.attributes.headers) {
    const bool kept = std::find(kKept.begin(), kKept.end(), name) != kKept.end();
    if (kept || name.starts_with("meta-")) view.headers[name] = value;
  }
  view.tags = tags_of(info.attributes);
  const std::string algorithm = get(info.attributes.headers, "checksum-algorithm");
  if (!algorithm.empty()) {
    std::string value = get(info.attributes.headers, "checksum-value");
    if (value.empty()) value = checksum_text(info.sums, algorithm);
    if (!value.empty()) {
      view.checksums[algorithm] = value;
      view.checksum_type = get(info.attributes.headers, "checksum-type");
    }
  }
  return view;
}

PartView view_of(const PartInfo& info) {
  PartView view;
  view.number = static_cast<int>(info.number);
  view.size = info.size;
  view.etag = io::lower_case(info.etag);
  view.modified = time_of(info.modified);
  view.crc64 = info.sums.crc64;
  for (const char* name : {"crc32", "crc32c", "crc64nvme", "sha1", "sha256"}) {
    if (const std::string value = checksum_text(info.sums, name); !value.empty())
      view.checksums[name] = value;
  }
  return view;
}

std::string canned_acl(const Attributes& attributes) {
  const std::string acl = get(attributes.headers, "acl");
  return acl.empty() ? "private" : acl;
}

Attributes with_acl(Attributes attributes, const std::string& canned) {
  set(attributes.headers, "acl", canned);
  return attributes;
}

Attributes with_tags(Attributes attributes, const Tags& tags) {
  set(attributes.headers, "tags", tags_text(tags));
  return attributes;
}

Tags tags_of(const Attributes& attributes) {
  return parse_tags(get(attributes.headers, "tags"));
}

std::string bucket_acl(const BucketInfo& bucket) {
  const auto query = io::parse_query(bucket.attributes);
  const std::string* acl = io::find_query(query, "acl");
  return acl && !acl->empty() ? *acl : "private";
}

Tags bucket_tags(const BucketInfo& bucket) {
  Tags tags;
  for (const auto& [name, value] : io::parse_query(bucket.attributes)) {
    if (name.starts_with("t:")) tags[name.substr(2)] = value;
  }
  return tags;
}

std::string bucket_attributes(const std::string& acl, const Tags& tags) {
  io::Query query;
  if (!acl.empty()) query.emplace_back("acl", acl);
  for (const auto& [key, value] : tags) query.emplace_back("t:" + key, value);
  return io::format_query(query);
}

}  // namespace sluice::emulator
