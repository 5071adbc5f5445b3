// Symbolic links: an object without bytes that leads to another key. Reads serve the target under the
// link's name; copies, deletes and lists mean the link itself.
#include "emulator/operations_list.h"
#include "io/percent.h"

namespace sluice::emulator {
namespace {

constexpr std::string_view kTarget = "symlink-target", kBucket = "symlink-bucket";

BucketRef bucket_of(const Call& call, const Attributes& link) {
  BucketRef bucket = bucket_ref(call);
  if (std::string other = entry_of(link, kBucket); !other.empty()) bucket.name = std::move(other);
  return bucket;
}

}  // namespace

Outcome<OpenedObject> open_followed(Backend& backend, const Call& call) {
  auto opened = backend.storage.get(bucket_ref(call), call.key());
  if (!opened) return failure_of(call, opened.error());
  if (opened->info.type != ObjectType::symlink) return std::move(*opened);
  const Attributes& link = opened->info.attributes;
  const std::string target = entry_of(link, kTarget);
  auto followed = backend.storage.get(bucket_of(call, link), target);
  if (!followed) return Failure{Trouble::no_symlink_target, {}, {{"Key", target}}, {}};
  if (followed->info.type == ObjectType::symlink)
    return Failure{Trouble::invalid_symlink_target, {}, {{"Key", target}}, {}};
  followed->info.type = ObjectType::symlink;  // what its readers are told
  return std::move(*followed);
}

Outcome<Reply> run_put_symlink(Backend& backend, Call& call, Arrived&) {
  const Words& words = call.dialect->words;
  const std::string target = io::percent_decode(call.vendor(words.symlink_target));
  if (target.empty()) {
    return Failure{Trouble::invalid_argument,
                   {},
                   {{"ArgumentName", std::string(call.dialect->prefix) + std::string(words.symlink_target)}},
                   {}};
  }
  auto attributes = attributes_of(call);
  if (!attributes) return std::move(attributes.failure());
  put_entry(*attributes, std::string(kTarget), target);
  if (!words.symlink_bucket.empty())
    put_entry(*attributes, std::string(kBucket), call.vendor(words.symlink_bucket));
  PutOptions options;
  options.attributes = std::move(*attributes);
  options.conditions = write_conditions(call);
  options.type = ObjectType::symlink;
  auto info =
      backend.storage.put(bucket_ref(call), call.key(), backend.storage.writer({}), std::move(options));
  if (!info) return write_failure(call, info.error());
  Reply reply = reply_to(call);
  call.dialect->shapes.stored(call, {view_of(*info), {}}, reply);
  return reply;
}

Outcome<Reply> run_get_symlink(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  if (info->type != ObjectType::symlink)
    return Failure{Trouble::not_a_symlink, {}, {{"Key", call.key()}}, {}};
  const Dialect& dialect = *call.dialect;
  const std::string prefix(dialect.prefix);
  Reply reply = reply_to(call);
  dialect.shapes.object_head(call, view_of(*info), reply);
  reply.headers.add(prefix + std::string(dialect.words.symlink_target),
                    io::percent_encode(entry_of(info->attributes, kTarget)));
  if (const std::string bucket = entry_of(info->attributes, kBucket); !bucket.empty())
    reply.headers.add(prefix + std::string(dialect.words.symlink_bucket), bucket);
  return reply;
}

}  // namespace sluice::emulator
