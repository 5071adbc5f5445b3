// Server-side copies and moves: lists of data files change hands, no byte is copied.
#include "emulator/dialects/parts.h"
#include "emulator/operations_list.h"
#include "io/percent.h"

namespace sluice::emulator {
namespace {

bool replaces(const Call& call, std::string_view directive) {
  // REPLACE, Replaced and replace.
  return io::lower_case(call.vendor(directive)).starts_with("replac");
}

// Metadata and tags are kept or replaced each by its own directive.
Outcome<Attributes> attributes_of_copy(const Call& call, const Attributes& source) {
  const Words& words = call.dialect->words;
  auto sent = attributes_of(call);
  if (!sent) return std::move(sent.failure());
  Attributes chosen = replaces(call, words.metadata_directive) ? with_metadata(source, *sent) : source;
  // Who may read the source says nothing of the copy, and a restored source is no restored copy.
  put_entry(chosen, "acl", entry_of(*sent, "acl"));
  std::erase_if(chosen.headers, [](const auto& entry) { return entry.first.starts_with("restore-"); });
  if (!sent->storage_class.empty()) chosen.storage_class = sent->storage_class;
  const Tags tags = replaces(call, words.tagging_directive) ? tags_of(*sent) : tags_of(source);
  return with_tags(std::move(chosen), tags);
}

}  // namespace

Outcome<CopySource> copy_source(const Call& call, std::string_view header) {
  const Failure bad{Trouble::invalid_copy_source,
                    {},
                    {{"ArgumentName", std::string(call.dialect->prefix) + std::string(header)}},
                    {}};
  const std::string value = call.vendor(header);
  std::string_view text = value;
  if (text.starts_with('/')) text.remove_prefix(1);
  const bool form = call.dialect->rules.copy_source_form;
  // A client may have encoded the slash after the bucket too.
  std::string first(text.substr(0, text.find('/')));
  std::string_view rest =
      text.find('/') == std::string_view::npos ? std::string_view() : text.substr(first.size() + 1);
  if (const auto question = rest.find("?versionId="); question != std::string_view::npos) {
    rest = rest.substr(0, question);
  }
  std::string key = io::percent_decode(rest, form);
  if (rest.empty()) {
    const std::string decoded = io::percent_decode(text, form);
    const auto slash = decoded.find('/');
    if (slash == std::string::npos) return bad;
    first = decoded.substr(0, slash);
    key = decoded.substr(slash + 1);
  }
  // The host form: bucket-appid.cos.region.myqcloud.com/key.
  if (const auto host = call.dialect->public_host(io::lower_case(first)); host && !host->bucket.empty()) {
    first = host->bucket;
  }
  if (first.empty() || key.empty()) return bad;
  return CopySource{{std::string(call.dialect->name), first}, key};
}

Outcome<Done> admit_copy_object(Backend& backend, const Call& call) {
  if (auto exists = bucket_exists(backend, call); !exists) return exists;
  if (auto known = check_write_conditions(call); !known) return known;
  return check_key(call);
}

Outcome<Reply> run_copy_object(Backend& backend, Call& call, Arrived&) {
  auto source = copy_source(call, call.dialect->words.copy_source);
  if (!source) return std::move(source.failure());
  auto info = backend.storage.head(source->bucket, source->key);
  if (!info) {
    Failure failure = failure_of(call, info.error());
    failure.details = {{"Key", source->key}};
    return failure;
  }
  if (auto holds = check_copy_conditions(call, *info); !holds) return std::move(holds.failure());
  if (is_archived(call, info->attributes)) return Failure{Trouble::archived, {}, {}, {}};
  if (info->type == ObjectType::appendable && !call.dialect->rules.appendable_copies) {
    return Failure{Trouble::invalid_request, "An appendable object cannot be copied.", {}, {}};
  }
  if (info->size > call.dialect->limits.part_max) return Failure{Trouble::copy_too_large, {}, {}, {}};

  CopyOptions options;
  options.conditions = write_conditions(call);
  options.source_if_match = info->etag;  // the object that was judged, not one that came since
  const Words& words = call.dialect->words;
  const bool onto_itself = source->bucket.name == call.bucket() && source->key == call.key();
  const bool replaced = replaces(call, words.metadata_directive);
  const bool changes =
      replaced || replaces(call, words.tagging_directive) || !call.vendor(words.storage_class).empty();
  const Rules& rules = call.dialect->rules;
  if (onto_itself && ((rules.copy_needs_change && !changes) || (rules.copy_needs_replace && !replaced))) {
    return Failure{Trouble::invalid_request,
                   "This copy request is illegal because it is trying to copy an object to itself without "
                   "changing the object's metadata, storage class, website redirect location or encryption "
                   "attributes.",
                   {},
                   {}};
  }
  auto attributes = attributes_of_copy(call, info->attributes);
  if (!attributes) return std::move(attributes.failure());
  options.attributes = std::move(*attributes);
  auto copied =
      backend.storage.copy(source->bucket, source->key, bucket_ref(call), call.key(), std::move(options));
  if (!copied) return write_failure(call, copied.error());
  Reply reply = reply_to(call);
  CopiedView view;
  view.object = view_of(*copied);
  call.dialect->shapes.copied(call, view, reply);
  return reply;
}

Outcome<Reply> run_move_object(Backend& backend, Call& call, Arrived&) {
  auto source = copy_source(call, call.dialect->words.move_source);
  if (!source) return std::move(source.failure());
  CopyOptions options;
  options.conditions = write_conditions(call);
  options.remove_source = true;
  auto copied =
      backend.storage.copy(source->bucket, source->key, bucket_ref(call), call.key(), std::move(options));
  if (!copied) return write_failure(call, copied.error());
  Reply reply = reply_to(call);
  CopiedView view;
  view.object = view_of(*copied);
  call.dialect->shapes.copied(call, view, reply);
  return reply;
}

// TOS: PUT /key?rename&name=<new key>, in buckets that were told to allow it.
Outcome<Reply> run_rename_object(Backend& backend, Call& call, Arrived&) {
  auto bucket = backend.storage.head_bucket(bucket_ref(call));
  if (!bucket) return failure_of(call, bucket.error());
  if (!traits_of(*bucket).renames)
    return Failure{Trouble::not_implemented, "Renaming is not enabled for this bucket.", {}, {}};
  Call target = call;
  target.request.resource.key = call.query("name");
  if (target.key().empty()) return Failure{Trouble::invalid_argument, {}, {{"ArgumentName", "name"}}, {}};
  if (auto fits = check_key(target); !fits) return std::move(fits.failure());
  CopyOptions options;
  options.conditions = write_conditions(call);
  options.remove_source = true;
  auto moved =
      backend.storage.copy(bucket_ref(call), call.key(), bucket_ref(call), target.key(), std::move(options));
  if (!moved) return write_failure(call, moved.error());
  return reply_to(call);
}

}  // namespace sluice::emulator
