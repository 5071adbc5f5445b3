// What is kept with a bucket: its ACL, tags, class and the rest, as one text.
#include "emulator/operations.h"
#include "io/percent.h"

namespace sluice::emulator {
namespace {

struct Field {
  std::string_view name;
  std::string BucketTraits::*value;
};
constexpr Field kFields[] = {
    {"class", &BucketTraits::storage_class},
    {"redundancy", &BucketTraits::redundancy},
    {"type", &BucketTraits::type},
    {"project", &BucketTraits::project},
};
constexpr std::string_view kTag = "t:";

}  // namespace

BucketTraits traits_of(const BucketInfo& bucket) {
  BucketTraits traits;
  const io::Query entries = io::parse_query(bucket.attributes);
  const auto value = [&](std::string_view name) {
    const std::string* found = io::find_query(entries, name);
    return found ? *found : std::string();
  };
  traits.acl = parse_acl(value("acl"));
  traits.renames = value("renames") == "yes";
  for (const auto& [name, member] : kFields) traits.*member = value(name);
  for (const auto& [name, text] : entries) {
    if (name.starts_with(kTag)) traits.tags[name.substr(kTag.size())] = text;
  }
  return traits;
}

std::string bucket_attributes(const BucketTraits& traits) {
  io::Query entries{{"acl", format_acl(traits.acl)}};
  if (traits.renames) entries.emplace_back("renames", "yes");
  for (const auto& [name, member] : kFields) {
    if (!(traits.*member).empty()) entries.emplace_back(name, traits.*member);
  }
  for (const auto& [key, value] : traits.tags) entries.emplace_back(std::string(kTag) + key, value);
  return io::format_query(entries);
}

void inherit_class(Backend& backend, const Call& call, Attributes& attributes) {
  if (!attributes.storage_class.empty()) return;
  const auto bucket = backend.storage.head_bucket(bucket_ref(call));
  if (!bucket) return;
  const std::string own = traits_of(*bucket).storage_class;
  if (own != call.dialect->plain_class) attributes.storage_class = own;
}

}  // namespace sluice::emulator
