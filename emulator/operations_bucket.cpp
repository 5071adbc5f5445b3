// Buckets: list, create, head, delete, location, statistics.
#include <algorithm>

#include "emulator/operations_list.h"
#include "io/percent.h"

namespace sluice::emulator {
namespace {

BucketView view_of(const Call& call, const BucketInfo& info) {
  return {info.name, info.region.empty() ? call.region : info.region, time_of(info.created), traits_of(info)};
}

// What ListBuckets may be asked to leave out.
bool is_asked_for(const Call& call, const BucketView& bucket) {
  const Words& words = call.dialect->words;
  const auto fits = [](const std::string& asked, const std::string& is) {
    return asked.empty() || asked == is;
  };
  if (!fits(call.query(words.region_query), bucket.region)) return false;
  if (!fits(call.header(words.region_header), bucket.region)) return false;
  if (!fits(call.vendor("project-name"), bucket.traits.project)) return false;
  if (!fits(call.vendor("bucket-type"), bucket.traits.type)) return false;
  const std::string tag = call.query(words.tag_key);
  if (tag.empty()) return true;
  const auto found = bucket.traits.tags.find(tag);
  if (found == bucket.traits.tags.end()) return false;
  return !call.has_query(words.tag_value) || found->second == call.query(words.tag_value);
}

}  // namespace

Outcome<Reply> run_list_buckets(Backend& backend, Call& call, Arrived&) {
  const Limits& limits = call.dialect->limits;
  const Words& words = call.dialect->words;
  auto limit = page_size(call, words.buckets_limit, limits.buckets_page,
                         std::max(limits.page_max, limits.buckets_page));
  if (!limit) return std::move(limit.failure());
  auto skip = query_number(call, words.buckets_offset, 0, 0x7fffffff);
  if (!skip) return std::move(skip.failure());
  const bool keyed = !call.query(words.tag_key).empty(), valued = !call.query(words.tag_value).empty();
  if (keyed != valued && (valued || call.dialect->rules.tag_needs_value))
    return Failure{Trouble::invalid_argument, {}, {{"ArgumentName", std::string(words.tag_value)}}, {}};
  BucketsView view;
  view.prefix = call.query("prefix");
  view.marker = call.query(words.buckets_marker);
  view.limit = *limit;
  constexpr std::uint32_t kAll = 1'000'000;
  for (const BucketInfo& info :
       backend.storage.list_buckets(call.dialect->name, view.prefix, view.marker, kAll).buckets) {
    BucketView bucket = view_of(call, info);
    if (!is_asked_for(call, bucket)) continue;
    if (*skip > 0) {
      --*skip;
      continue;
    }
    view.truncated = view.buckets.size() == *limit;
    if (view.truncated) break;
    view.buckets.push_back(std::move(bucket));
  }
  if (view.truncated && !view.buckets.empty()) view.next_marker = view.buckets.back().name;
  Reply reply = reply_to(call);
  call.dialect->shapes.buckets(call, view, reply);
  return reply;
}

namespace {

Outcome<BucketTraits> asked_traits(const Call& call) {
  BucketTraits traits;
  auto acl = sent_acl(call, call.dialect->words.bucket_acl);
  if (!acl) return std::move(acl.failure());
  traits.acl = acl->value_or(Acl{"private", {}});
  for (const auto& [key, value] : io::parse_query(call.vendor(call.dialect->words.tagging)))
    traits.tags[key] = value;
  if (auto fit = check_tags(traits.tags, call.dialect->limits.bucket_tags); !fit)
    return std::move(fit.failure());
  if (!call.dialect->shapes.read_create) return traits;
  auto asked = call.dialect->shapes.read_create(call);
  if (!asked) return std::move(asked.failure());
  if (auto known = check_class(call, asked->storage_class); !known) return std::move(known.failure());
  traits.storage_class = asked->storage_class;
  traits.redundancy = asked->redundancy;
  traits.type = asked->type;
  traits.project = asked->project;
  return traits;
}

// Whose bucket it is decides the word; making one's own again may be an ACL's change.
Outcome<Done> make_again(Backend& backend, const Call& call, const BucketTraits& asked) {
  auto existing = backend.storage.head_bucket(bucket_ref(call));
  const bool own = existing && existing->owner == call.account;
  const Failure taken{
      own ? Trouble::bucket_owned : Trouble::bucket_exists, {}, {{"BucketName", call.bucket()}}, {}};
  if (!own || !call.dialect->rules.recreate_bucket) return taken;
  BucketTraits traits = traits_of(*existing);
  const auto changes = [](const std::string& wanted, const std::string& is) {
    return !wanted.empty() && wanted != is;
  };
  if (changes(asked.storage_class, traits.storage_class) || changes(asked.redundancy, traits.redundancy))
    return taken;
  if (call.vendor(call.dialect->words.bucket_acl).empty()) return Done{};
  traits.acl = asked.acl;
  auto set = backend.storage.set_bucket_attributes(bucket_ref(call), bucket_attributes(traits));
  if (!set) return failure_of(call, set.error());
  return Done{};
}

}  // namespace

Outcome<Reply> run_create_bucket(Backend& backend, Call& call, Arrived&) {
  if (!valid_bucket_name(call)) {
    return Failure{Trouble::invalid_bucket_name, {}, {{"BucketName", call.bucket()}}, {}};
  }
  auto traits = asked_traits(call);
  if (!traits) return std::move(traits.failure());
  BucketInfo info;
  info.region = call.told_region;  // unknown stays unknown: any is right then
  info.owner = call.account;
  info.attributes = bucket_attributes(*traits);
  auto made = backend.storage.create_bucket(bucket_ref(call), info);
  if (!made) {
    if (made.error().code != StorageCode::bucket_exists) return failure_of(call, made.error());
    if (auto again = make_again(backend, call, *traits); !again) return std::move(again.failure());
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
