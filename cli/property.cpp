#include "cli/property.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/grants.h"
#include "cli/listing.h"
#include "cli/pairs.h"
#include "cli/units.h"
#include "sluice/operations.h"

namespace sluice::cli {
namespace {

using Pairs = std::map<std::string, std::string>;
using Told = Result<ToldProperty>;
using Change = Result<SetProperty>;

/// Bucket and Object have the same words for what both have.
template <class Ask>
auto ask_either(Store& store, const Location& at, const Ask& ask) {
  return at.key.empty() ? ask(Bucket(store, at.bucket)) : ask(Object(store, at.bucket, at.key));
}

/// As `props set` takes them.
std::string pair_lines(const Pairs& pairs, bool terminal) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    const std::string line = name + "=" + value;
    text += (terminal ? printable(line) : line) + "\n";
  }
  return text;
}

JsonLine pairs_json(const Pairs& pairs) {
  JsonLine json;
  for (const auto& [name, value] : pairs) json.text(name, value);
  return json;
}

// What the store tells -------------------------------------------------------------------------------

Told get_acl(Store& store, const Location& at, JsonLine json, bool terminal) {
  Result<Acl> acl = ask_either(store, at, [](const auto& it) { return it.acl(); });
  if (!acl) return unexpected(acl.error());
  std::string text;
  std::vector<std::string> grants;
  append_named(text, "acl", acl->canned, terminal);
  append_named(text, "owner", acl->owner, terminal);
  for (const Grant& grant : acl->grants) {
    grants.push_back(grant_text(grant));
    append_named(text, "grant", grants.back(), terminal);
  }
  json.text_if("acl", acl->canned).text_if("owner", acl->owner).texts("grants", grants);
  return ToldProperty{std::move(text), std::move(json), std::move(acl->reply)};
}

Told get_tags(Store& store, const Location& at, JsonLine json, bool terminal) {
  Result<Answered<Tags>> tags = ask_either(store, at, [](const auto& it) { return it.tags(); });
  if (!tags) return unexpected(tags.error());
  json.object("tags", pairs_json(tags->value));
  return ToldProperty{pair_lines(tags->value, terminal), std::move(json), std::move(tags->reply)};
}

Told get_metadata(Store& store, const Location& at, JsonLine json, bool terminal) {
  Result<ObjectInfo> info = store.head(at.bucket, at.key);
  if (!info) return unexpected(info.error());
  json.object("metadata", pairs_json(info->metadata));
  return ToldProperty{pair_lines(info->metadata, terminal), std::move(json), std::move(info->reply)};
}

/// Some stores say nothing where it is their usual one.
Told get_class(Store& store, const Location& at, JsonLine json, bool terminal) {
  Result<ObjectInfo> info = store.head(at.bucket, at.key);
  if (!info) return unexpected(info.error());
  const std::string word = info->storage_class.empty() ? "-" : info->storage_class;
  json.text_if("storage_class", info->storage_class);
  return ToldProperty{(terminal ? printable(word) : word) + "\n", std::move(json), std::move(info->reply)};
}

// What is to be set ----------------------------------------------------------------------------------

Unexpected misuse(const std::string& message, const std::string& hint) {
  return fail(ErrorKind::argument, message, hint);
}

Change set_acl(const Args& args) {
  const std::vector<std::string> words = args.all("VALUE");
  Result<std::vector<Grant>> grants = parse_grants(args.all("grant"));
  if (!grants) return unexpected(grants.error());
  if (words.size() > 1 || words.empty() == grants->empty())
    return misuse("an ACL is one word or some grants",
                  "write private, public-read, ... or --grant TO:PERMISSION as often as needed");
  Acl acl;
  acl.grants = *std::move(grants);
  if (!words.empty()) acl.canned = words.front();
  return SetProperty([acl](Store& store, const Location& at) {
    return ask_either(store, at, [&](const auto& it) { return it.set_acl(acl); });
  });
}

/// Either some pairs, or --none and so no pairs.
Result<Pairs> read_pairs_or_none(const Args& args, const char* what) {
  Result<Pairs> pairs = read_pairs(args.all("VALUE"), what);
  if (!pairs || pairs->empty() == args.has("none")) return pairs;
  if (pairs->empty())
    return misuse(fmt::format("no {} is given", what),
                  "write NAME=VALUE, those that are to stay as well; --none removes all");
  return misuse("--none leaves nothing, and a value is given", "give one or the other");
}

Change set_tags(const Args& args) {
  Result<Pairs> tags = read_pairs_or_none(args, "tag");
  if (!tags) return unexpected(tags.error());
  return SetProperty([tags = *std::move(tags)](Store& store, const Location& at) {
    return ask_either(store, at,
                      [&](const auto& it) { return tags.empty() ? it.remove_tags() : it.set_tags(tags); });
  });
}

Change set_metadata(const Args& args) {
  Result<Pairs> metadata = read_pairs_or_none(args, "metadata");
  if (!metadata) return unexpected(metadata.error());
  return SetProperty([metadata = *std::move(metadata)](Store& store, const Location& at) {
    return Object(store, at.bucket, at.key).set_metadata(metadata);
  });
}

Change set_class(const Args& args) {
  const std::vector<std::string> words = args.all("VALUE");
  if (words.size() != 1 || words.front().empty())
    return misuse("a storage class is one word",
                  "write the store's: Standard, IA, STANDARD_IA, Archive, ...");
  return SetProperty([word = words.front()](Store& store, const Location& at) {
    return Object(store, at.bucket, at.key).set_storage_class(word);
  });
}

constexpr Property kProperties[] = {
    {"acl", true, true, false, get_acl, set_acl},
    {"meta", false, false, true, get_metadata, set_metadata},
    {"tags", true, false, true, get_tags, set_tags},
    {"class", false, false, false, get_class, set_class},
};

}  // namespace

Result<const Property*> find_property(std::string_view name, bool of_bucket) {
  const auto found = std::find_if(std::begin(kProperties), std::end(kProperties),
                                  [&](const Property& each) { return each.name == name; });
  if (found == std::end(kProperties))
    return misuse(fmt::format("\"{}\" is none of: acl, meta, tags, class", printable(name)), "");
  if (of_bucket && !found->of_buckets)
    return misuse(fmt::format("{} is of objects, and the URL names no key", name),
                  "a bucket has acl and tags");
  return found;
}

Result<SetProperty> read_change(const Property& property, const Args& args) {
  if (args.has("grant") && !property.takes_grants)
    return misuse(fmt::format("--grant is of acl, not of {}", property.name), "");
  if (args.has("none") && !property.takes_none)
    return misuse(fmt::format("--none is of meta and tags, not of {}", property.name), "");
  return property.set(args);
}

}  // namespace sluice::cli
