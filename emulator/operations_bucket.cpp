// Buckets: list, create, head, delete, location, statistics.
#include <algorithm>

#include "emulator/operations_list.h"

namespace sluice::emulator {
namespace {

BucketView view_of(const Call& call, const BucketInfo& info) {
  return {info.name, info.region.empty() ? call.region : info.region, time_of(info.created)};
}

}  // namespace

Outcome<Reply> run_list_buckets(Backend& backend, Call& call, Arrived&) {
  const Limits& limits = call.dialect->limits;
  auto limit = page_size(call, call.dialect->words.limit, limits.buckets_page, limits.page_max);
  if (!limit) return std::move(limit.failure());
  BucketsView view;
  view.prefix = call.query("prefix");
  view.marker = call.query("marker");
  view.limit = *limit;
  auto page = backend.storage.list_buckets(call.dialect->name, view.prefix, view.marker, *limit);
  for (const BucketInfo& info : page.buckets) view.buckets.push_back(view_of(call, info));
  view.truncated = page.truncated;
  if (page.truncated && !page.buckets.empty()) view.next_marker = page.buckets.back().name;
  Reply reply = reply_to(call);
  call.dialect->shapes.buckets(call, view, reply);
  return reply;
}

Outcome<Reply> run_create_bucket(Backend& backend, Call& call, Arrived&) {
  if (!valid_bucket_name(call)) {
    return Failure{Trouble::invalid_bucket_name, {}, {{"BucketName", call.bucket()}}, {}};
  }
  BucketInfo info;
  info.region = call.told_region;  // unknown stays unknown: any is right then
  info.owner = call.owner;
  info.attributes = bucket_attributes(call.vendor(call.dialect->words.bucket_acl), {});
  auto made = backend.storage.create_bucket(bucket_ref(call), info);
  if (!made) {
    if (made.error().code != StorageCode::bucket_exists) return failure_of(call, made.error());
    auto existing = backend.storage.head_bucket(bucket_ref(call));
    const bool own = existing && existing->owner == call.owner;
    const bool again = own && call.dialect->rules.recreate_bucket;
    if (!again) {
      return Failure{
          own ? Trouble::bucket_owned : Trouble::bucket_exists, {}, {{"BucketName", call.bucket()}}, {}};
    }
  }
  Reply reply = reply_to(call);
  reply.headers.add("Location", "/" + call.bucket());
  return reply;
}

Outcome<Reply> run_head_bucket(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  Reply reply = reply_to(call);
  if (call.dialect->shapes.bucket_head) call.dialect->shapes.bucket_head(call, view_of(call, *info), reply);
  return reply;
}

Outcome<Reply> run_delete_bucket(Backend& backend, Call& call, Arrived&) {
  const bool abort_uploads = !call.dialect->rules.uploads_hold_bucket;
  auto gone = backend.storage.delete_bucket(bucket_ref(call), abort_uploads);
  if (!gone) return failure_of(call, gone.error());
  return reply_to(call);
}

Outcome<Reply> run_bucket_location(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  Reply reply = reply_to(call);
  call.dialect->shapes.location(call, view_of(call, *info), reply);
  return reply;
}

Outcome<Reply> run_bucket_stat(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head_bucket(bucket_ref(call));
  if (!info) return failure_of(call, info.error());
  StatView view;
  view.bucket = view_of(call, *info);
  // Counted by listing: nobody asks often, and no counter can drift from the truth.
  if (call.route->operation == Operation::bucket_stat) {
    ListRequest request;
    for (bool more = true; more;) {
      auto page = backend.storage.list(bucket_ref(call), request);
      if (!page) return failure_of(call, page.error());
      view.objects += page->objects.size();
      for (const ObjectInfo& object : page->objects) view.bytes += object.size;
      more = page->truncated;
      request.marker = page->next_marker;
    }
    auto uploads = backend.storage.list_uploads(bucket_ref(call), {});
    if (uploads) view.uploads = uploads->uploads.size();
  }
  Reply reply = reply_to(call);
  call.dialect->shapes.stat(call, view, reply);
  return reply;
}

Outcome<Reply> run_get_versioning(Backend&, Call& call, Arrived&) {
  Reply reply = reply_to(call);
  call.dialect->shapes.versioning(call, reply);
  return reply;
}

}  // namespace sluice::emulator
