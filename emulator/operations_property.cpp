// Properties of buckets and objects: ACL, tags, class, metadata.
#include <sstream>

#include "emulator/operations_list.h"

namespace sluice::emulator {
namespace {

Outcome<Reply> answer_acl(Call& call, bool of_object, Acl acl) {
  Reply reply = reply_to(call);
  call.dialect->shapes.acl(call, AclView{of_object, std::move(acl)}, reply);
  return reply;
}

Outcome<Reply> answer_tags(Call& call, const Tags& tags) {
  Reply reply = reply_to(call);
  call.dialect->shapes.tags(call, tags, reply);
  return reply;
}

// The headers' ACL, else the document's, else what there is.
Outcome<Acl> asked_acl(const Call& call, std::string_view header, Acl current) {
  auto sent = sent_acl(call, header);
  if (!sent) return std::move(sent.failure());
  if (*sent) return **sent;
  if (call.body.empty() || !call.dialect->shapes.read_acl) return current;
  auto read = call.dialect->shapes.read_acl(call);
  if (!read) return std::move(read.failure());
  for (const Grant& grant : read->grants) {
    if (!is_permission(grant.permission)) return Failure{Trouble::malformed_body, {}, {}, {}};
  }
  return read;
}

// Reads what the bucket is, lets `change` change it, and keeps it.
template <class Change>
Outcome<Reply> change_bucket(Backend& backend, Call& call, Change change) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  BucketTraits traits = traits_of(*info);
  Outcome<Done> changed = change(traits);
  if (!changed) return std::move(changed.failure());
  auto set = backend.storage.set_bucket_attributes(bucket_ref(call), bucket_attributes(traits));
  if (!set) return failure_of(call, set.error());
  return reply_to(call);
}

Outcome<Reply> set_object(Backend& backend, Call& call, Attributes attributes) {
  auto set = backend.storage.set_attributes(bucket_ref(call), call.key(), std::move(attributes));
  if (!set) return failure_of(call, set.error());
  return reply_to(call);
}

}  // namespace

Outcome<Reply> run_get_bucket_acl(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  return answer_acl(call, false, traits_of(*info).acl);
}

Outcome<Reply> run_put_bucket_acl(Backend& backend, Call& call, Arrived&) {
  return change_bucket(backend, call, [&](BucketTraits& traits) -> Outcome<Done> {
    auto acl = asked_acl(call, call.dialect->words.bucket_acl, traits.acl);
    if (!acl) return std::move(acl.failure());
    traits.acl = std::move(*acl);
    return Done{};
  });
}

Outcome<Reply> run_get_bucket_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  const Tags tags = traits_of(*info).tags;
  if (tags.empty() && !call.dialect->rules.empty_tags) {
    return Failure{Trouble::no_such_tags, {}, {{"BucketName", call.bucket()}}, {}};
  }
  return answer_tags(call, tags);
}

Outcome<Reply> run_put_bucket_tags(Backend& backend, Call& call, Arrived&) {
  return change_bucket(backend, call, [&](BucketTraits& traits) -> Outcome<Done> {
    auto tags = call.dialect->shapes.read_tags(call);
    if (!tags) return std::move(tags.failure());
    traits.tags = std::move(*tags);
    return check_tags(traits.tags, call.dialect->limits.bucket_tags);
  });
}

// All of them, or those that the query names: ?tagging=one,two.
Outcome<Reply> run_delete_bucket_tags(Backend& backend, Call& call, Arrived&) {
  return change_bucket(backend, call, [&](BucketTraits& traits) -> Outcome<Done> {
    const std::string names = call.query("tagging");
    if (names.empty()) traits.tags.clear();
    std::istringstream list(names);
    for (std::string name; std::getline(list, name, ',');) traits.tags.erase(name);
    return Done{};
  });
}

Outcome<Reply> run_put_bucket_class(Backend& backend, Call& call, Arrived&) {
  return change_bucket(backend, call, [&](BucketTraits& traits) -> Outcome<Done> {
    traits.storage_class = call.vendor(call.dialect->words.storage_class);
    if (traits.storage_class.empty()) return Failure{Trouble::invalid_argument, {}, {}, {}};
    return check_class(call, traits.storage_class);
  });
}

Outcome<Reply> run_get_bucket_rename(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  Reply reply = reply_to(call);
  call.dialect->shapes.renaming(call, traits_of(*info), reply);
  return reply;
}

Outcome<Reply> run_put_bucket_rename(Backend& backend, Call& call, Arrived&) {
  return change_bucket(backend, call, [&](BucketTraits& traits) -> Outcome<Done> {
    auto wanted = call.dialect->shapes.read_renaming(call);
    if (!wanted) return std::move(wanted.failure());
    traits.renames = *wanted;
    return Done{};
  });
}

Outcome<Reply> run_delete_bucket_rename(Backend& backend, Call& call, Arrived&) {
  return change_bucket(backend, call, [](BucketTraits& traits) -> Outcome<Done> {
    traits.renames = false;
    return Done{};
  });
}

Outcome<Reply> run_get_object_acl(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  return answer_acl(call, true, acl_of(call, info->attributes));
}

Outcome<Reply> run_put_object_acl(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  auto acl = asked_acl(call, call.dialect->words.object_acl, acl_of(call, info->attributes));
  if (!acl) return std::move(acl.failure());
  return set_object(backend, call, with_acl(info->attributes, *acl));
}

Outcome<Reply> run_get_object_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  return answer_tags(call, tags_of(info->attributes));
}

Outcome<Reply> run_put_object_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  auto tags = call.dialect->shapes.read_tags(call);
  if (!tags) return std::move(tags.failure());
  if (auto fit = check_tags(*tags, call.dialect->limits.object_tags); !fit) return std::move(fit.failure());
  return set_object(backend, call, with_tags(info->attributes, *tags));
}

Outcome<Reply> run_delete_object_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  return set_object(backend, call, with_tags(info->attributes, {}));
}

Outcome<Reply> run_set_metadata(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  auto sent = attributes_of(call);
  if (!sent) return std::move(sent.failure());
  return set_object(backend, call, with_metadata(info->attributes, *sent));
}

Outcome<Reply> run_refuse(Backend&, Call&, Arrived&) {
  return Failure{Trouble::not_implemented, {}, {}, {}};
}

}  // namespace sluice::emulator
