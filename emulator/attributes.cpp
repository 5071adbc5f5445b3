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
      kept += (kept.empty() ? "" : ", ") + std::string(one);
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

bool is_metadata(std::string_view entry) {
  return entry.starts_with("meta-") || std::find(kKept.begin(), kKept.end(), entry) != kKept.end();
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
  auto acl = sent_acl(call, dialect.words.object_acl);
  if (!acl) return std::move(acl.failure());
  if (*acl) set(list, "acl", format_acl(**acl));
  const std::string tags = call.vendor(dialect.words.tagging);
  if (auto fit = check_tags(parse_tags(tags), dialect.limits.object_tags); !fit)
    return std::move(fit.failure());
  set(list, "tags", tags);
  attributes.storage_class = call.vendor(dialect.words.storage_class);
  if (auto known = check_class(call, attributes.storage_class); !known) return std::move(known.failure());
  return attributes;
}

ObjectView view_of(const ObjectInfo& info) {
  ObjectView view;
  view.key = info.key;
  view.size = info.size;
  view.etag = io::lower_case(info.etag);
  view.modified = time_of(info.modified);
  view.crc64 = info.sums.crc64;
  static constexpr std::array<const char*, 4> kTypes = {"Normal", "Multipart", "Appendable", "Symlink"};
  view.type = kTypes[static_cast<std::size_t>(info.type)];
  view.storage_class = info.attributes.storage_class;
  view.parts = info.parts;
  for (const auto& [name, value] : info.attributes.headers) {
    if (is_metadata(name)) view.headers[name] = value;
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

std::string entry_of(const Attributes& attributes, std::string_view name) {
  return get(attributes.headers, name);
}

void put_entry(Attributes& attributes, const std::string& name, std::string value) {
  set(attributes.headers, name, std::move(value));
}

Acl acl_of(const Call& call, const Attributes& attributes) {
  const bool inherits = call.dialect->rules.objects_inherit_acl;
  return parse_acl(get(attributes.headers, "acl"), inherits ? "default" : "private");
}

Attributes with_acl(Attributes attributes, const Acl& acl) {
  set(attributes.headers, "acl", format_acl(acl));
  return attributes;
}

Attributes with_metadata(const Attributes& stored, const Attributes& sent) {
  Attributes made = stored;
  std::erase_if(made.headers, [](const auto& entry) { return is_metadata(entry.first); });
  for (const auto& entry : sent.headers) {
    if (is_metadata(entry.first)) made.headers.push_back(entry);
  }
  return made;
}

Outcome<Done> check_tags(const Tags& tags, const TagLimits& limits) {
  const bool fit = std::all_of(tags.begin(), tags.end(), [&](const auto& tag) {
    return !tag.first.empty() && tag.first.size() <= limits.key && tag.second.size() <= limits.value;
  });
  if (fit && tags.size() <= limits.count) return Done{};
  return Failure{Trouble::invalid_tag, {}, {}, {}};
}

Outcome<Done> check_class(const Call& call, std::string_view storage_class) {
  const auto& known = call.dialect->classes;
  if (storage_class.empty() || std::find(known.begin(), known.end(), storage_class) != known.end()) {
    return Done{};
  }
  return Failure{Trouble::invalid_class,
                 {},
                 {{"ArgumentName", std::string(call.dialect->prefix) + "storage-class"},
                  {"ArgumentValue", std::string(storage_class)}},
                 {}};
}

Attributes with_tags(Attributes attributes, const Tags& tags) {
  set(attributes.headers, "tags", tags_text(tags));
  return attributes;
}

Tags tags_of(const Attributes& attributes) {
  return parse_tags(get(attributes.headers, "tags"));
}

}  // namespace sluice::emulator
