// Properties of buckets and objects: canned acl, tags, metadata.
#include "emulator/operations_list.h"

namespace sluice::emulator {
namespace {

Outcome<Reply> answer_acl(Call& call, bool of_object, const std::string& canned) {
  Reply reply = reply_to(call);
  call.dialect->shapes.acl(call, AclView{of_object, canned}, reply);
  return reply;
}

Outcome<Reply> answer_tags(Call& call, const Tags& tags) {
  Reply reply = reply_to(call);
  call.dialect->shapes.tags(call, tags, reply);
  return reply;
}

// The header's canned acl, else the document's, else what there is.
Outcome<std::string> asked_acl(const Call& call, std::string_view header, std::string current) {
  if (std::string canned = call.vendor(header); !canned.empty()) return canned;
  if (!call.body.empty() && call.dialect->shapes.read_acl) return call.dialect->shapes.read_acl(call);
  return current;
}

Outcome<Reply> set_bucket(Backend& backend, Call& call, const std::string& acl, const Tags& tags) {
  auto set = backend.storage.set_bucket_attributes(bucket_ref(call), bucket_attributes(acl, tags));
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
  return answer_acl(call, false, bucket_acl(*info));
}

Outcome<Reply> run_put_bucket_acl(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  auto acl = asked_acl(call, call.dialect->words.bucket_acl, bucket_acl(*info));
  if (!acl) return std::move(acl.failure());
  return set_bucket(backend, call, *acl, bucket_tags(*info));
}

Outcome<Reply> run_get_bucket_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  const Tags tags = bucket_tags(*info);
  if (tags.empty() && !call.dialect->rules.empty_tags) {
    return Failure{Trouble::no_such_tags, {}, {{"BucketName", call.bucket()}}, {}};
  }
  return answer_tags(call, tags);
}

Outcome<Reply> run_put_bucket_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  auto tags = call.dialect->shapes.read_tags(call);
  if (!tags) return std::move(tags.failure());
  return set_bucket(backend, call, bucket_acl(*info), *tags);
}

Outcome<Reply> run_delete_bucket_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  return set_bucket(backend, call, bucket_acl(*info), {});
}

Outcome<Reply> run_get_object_acl(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  return answer_acl(call, true, canned_acl(info->attributes));
}

Outcome<Reply> run_put_object_acl(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  auto acl = asked_acl(call, call.dialect->words.object_acl, canned_acl(info->attributes));
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
  return set_object(backend, call, with_tags(info->attributes, *tags));
}

Outcome<Reply> run_delete_object_tags(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  return set_object(backend, call, with_tags(info->attributes, {}));
}

Outcome<Reply> run_set_metadata(Backend& backend, Call& call, Arrived&) {
  auto attributes = attributes_of(call);
  if (!attributes) return std::move(attributes.failure());
  return set_object(backend, call, std::move(*attributes));
}

Outcome<Reply> run_refuse(Backend&, Call&, Arrived&) {
  return Failure{Trouble::not_implemented, {}, {}, {}};
}

}  // namespace sluice::emulator
