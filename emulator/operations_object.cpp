// Objects: put, append, get, head, delete, delete many.
#include <array>

#include "emulator/checksums.h"
#include "emulator/operations_list.h"
#include "signers/digest.h"

namespace sluice::emulator {
namespace {

Outcome<Done> admit_bytes(Backend& backend, const Call& call) {
  if (auto exists = bucket_exists(backend, call); !exists) return exists;
  if (auto fits = check_key(call); !fits) return fits;
  if (auto known = check_write_conditions(call); !known) return known;
  if (auto attributes = attributes_of(call); !attributes) return std::move(attributes.failure());
  return Done{};
}

std::string md5_base64(const Digest& digest) {
  if (!digest.sums.md5) return {};
  return signers::base64({reinterpret_cast<const char*>(digest.sums.md5->data()), digest.sums.md5->size()});
}

// What S3 keeps of a checksum that came with the object; CRC64NVME when none came.
void keep_checksum(const Call& call, Attributes& attributes) {
  if (!call.dialect->rules.checksums) return;
  const auto declared = declared_checksum(call.request.headers);
  attributes.headers.emplace_back("checksum-algorithm", declared ? declared->name : "crc64nvme");
  attributes.headers.emplace_back("checksum-type", "FULL_OBJECT");
}

// response-content-type and its kin replace what is stored, for this answer.
void apply_overrides(const Call& call, ObjectView& view) {
  static constexpr std::array<std::string_view, 6> kNames = {"content-type",        "cache-control",
                                                             "content-disposition", "content-encoding",
                                                             "content-language",    "expires"};
  for (const std::string_view name : kNames) {
    const std::string value = call.query("response-" + std::string(name));
    if (!value.empty()) view.headers[std::string(name)] = value;
  }
  if (view.headers["content-type"].empty()) view.headers["content-type"] = call.dialect->plain_type;
}

// Nothing is versioned: there is the one version that the vendors call "null".
Outcome<Done> check_version(const Call& call) {
  const std::string version = call.query("versionId");
  if (version.empty() || version == "null") return Done{};
  return Failure{Trouble::no_such_version, {}, {{"VersionId", version}}, {}};
}

}  // namespace

Outcome<Done> check_write_conditions(const Call& call) {
  if (!call.dialect->rules.write_conditions) return Done{};
  const std::string none = call.header("If-None-Match");
  if (none.empty() || none == "*") return Done{};
  return Failure{Trouble::not_implemented, {}, {{"Header", "If-None-Match"}}, {}};
}

Conditions write_conditions(const Call& call) {
  Conditions conditions;
  if (call.dialect->rules.write_conditions) {
    conditions.if_absent = call.header("If-None-Match") == "*";
    if (const std::string match = call.header("If-Match"); !match.empty()) conditions.if_match = match;
  }
  if (const std::string match = call.vendor(call.dialect->words.write_if_match); !match.empty()) {
    conditions.if_match = match;
  }
  if (io::equal_ignoring_case(call.vendor(call.dialect->words.forbid_overwrite), "true")) {
    conditions.if_absent = true;
  }
  return conditions;
}

Failure write_failure(const Call& call, const StorageError& error) {
  Failure failure = failure_of(call, error);
  const bool http_condition = call.dialect->rules.write_conditions && !call.header("If-None-Match").empty();
  if (error.code == StorageCode::key_exists && http_condition) {
    failure.trouble = Trouble::precondition_failed;
    failure.details = {{"Condition", "If-None-Match"}};
  }
  return failure;
}

Outcome<Done> admit_put_object(Backend& backend, const Call& call) {
  return admit_bytes(backend, call);
}

Outcome<Reply> run_put_object(Backend& backend, Call& call, Arrived& arrived) {
  auto attributes = attributes_of(call);
  if (!attributes) return std::move(attributes.failure());
  PutOptions options;
  options.attributes = std::move(*attributes);
  inherit_class(backend, call, options.attributes);
  keep_checksum(call, options.attributes);
  options.conditions = write_conditions(call);
  auto info =
      backend.storage.put(bucket_ref(call), call.key(), std::move(*arrived.writer), std::move(options));
  if (!info) return write_failure(call, info.error());
  Reply reply = reply_to(call);
  call.dialect->shapes.stored(call, {view_of(*info), md5_base64(arrived.digest)}, reply);
  return reply;
}

Outcome<Done> admit_append_object(Backend& backend, const Call& call) {
  if (!call.has_query(call.dialect->words.position)) {
    return Failure{
        Trouble::invalid_argument, {}, {{"ArgumentName", std::string(call.dialect->words.position)}}, {}};
  }
  return admit_bytes(backend, call);
}

Outcome<Reply> run_append_object(Backend& backend, Call& call, Arrived& arrived) {
  const Words& words = call.dialect->words;
  auto position = query_number(call, words.position, 0, call.dialect->limits.object_max);
  if (!position) return std::move(position.failure());
  auto attributes = attributes_of(call);
  if (!attributes) return std::move(attributes.failure());
  PutOptions options;
  options.attributes = std::move(*attributes);
  inherit_class(backend, call, options.attributes);
  auto info = backend.storage.append(bucket_ref(call), call.key(), *position, std::move(*arrived.writer),
                                     std::move(options));
  if (!info) return failure_of(call, info.error());
  Reply reply = reply_to(call);
  reply.headers.add(std::string(call.dialect->prefix) + std::string(words.next_position),
                    std::to_string(info->size));
  call.dialect->shapes.stored(call, {view_of(*info), md5_base64(arrived.digest)}, reply);
  return reply;
}

Outcome<Reply> run_get_object(Backend& backend, Call& call, Arrived&) {
  if (auto only = check_version(call); !only) return std::move(only.failure());
  auto opened = open_followed(backend, call);
  if (!opened) return std::move(opened.failure());
  const bool head = call.route->operation == Operation::head_object;
  if (!head && is_archived(call, opened->info.attributes)) return Failure{Trouble::archived, {}, {}, {}};
  if (auto holds = check_read_conditions(call, opened->info); !holds) return std::move(holds.failure());
  auto slice = requested_slice(call, opened->info.size);
  if (!slice) return std::move(slice.failure());

  ObjectView view = view_of(opened->info);
  apply_overrides(call, view);
  if (slice->partial) view.checksums.clear();  // they are the whole object's; clients would compare them
  Reply reply = reply_to(call);
  call.dialect->shapes.object_head(call, view, reply);
  if (const std::string restored = restore_state(call, opened->info.attributes); !restored.empty())
    reply.headers.add(std::string(call.dialect->prefix) + "restore", restored);
  if (slice->partial) {
    reply.status = 206;
    reply.headers.add("Content-Range", "bytes " + std::to_string(slice->first) + "-" +
                                           std::to_string(slice->first + slice->count - 1) + "/" +
                                           std::to_string(opened->info.size));
  }
  if (head) {
    reply.length = slice->count;
    return reply;
  }
  reply.reader = std::move(opened->reader);
  reply.first = slice->first;
  reply.count = slice->count;
  return reply;
}

Outcome<Reply> run_object_attributes(Backend& backend, Call& call, Arrived&) {
  if (auto only = check_version(call); !only) return std::move(only.failure());
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  if (call.vendor("object-attributes").empty()) return Failure{Trouble::invalid_request, {}, {}, {}};
  Reply reply = reply_to(call);
  call.dialect->shapes.attributes(call, view_of(*info), reply);
  return reply;
}

Outcome<Reply> run_delete_object(Backend& backend, Call& call, Arrived&) {
  if (auto only = check_version(call); !only) return std::move(only.failure());
  const std::string match = call.dialect->rules.write_conditions ? call.header("If-Match") : std::string();
  auto gone = backend.storage.remove(bucket_ref(call), call.key(), match);
  if (!gone) return failure_of(call, gone.error());
  return reply_to(call);
}

Outcome<Reply> run_delete_objects(Backend& backend, Call& call, Arrived&) {
  const bool digest = call.request.headers.has("Content-MD5") ||
                      (call.dialect->rules.checksums && declared_checksum(call.request.headers));
  if (call.dialect->rules.multi_delete_needs_digest && !digest) {
    return Failure{Trouble::missing_digest, {}, {}, {}};
  }
  auto asked = call.dialect->shapes.read_delete(call);
  if (!asked) return std::move(asked.failure());
  if (asked->keys.empty() || asked->keys.size() > call.dialect->limits.batch_max) {
    return Failure{Trouble::malformed_body, {}, {}, {}};
  }
  DeletedView view;
  for (const auto& [key, etag] : asked->etags) {
    auto matched = backend.storage.remove(bucket_ref(call), key, etag);
    if (matched || matched.error().code == StorageCode::no_such_key) continue;
    view.failed.emplace_back(key, failure_of(call, matched.error()));
    std::erase(asked->keys, key);
  }
  auto gone = backend.storage.remove_all(bucket_ref(call), asked->keys);
  if (!gone) return failure_of(call, gone.error());
  view.quiet = asked->quiet;
  view.url_encoded = call.query("encoding-type") == "url";
  view.deleted = std::move(asked->keys);
  Reply reply = reply_to(call);
  call.dialect->shapes.deleted(call, view, reply);
  return reply;
}

}  // namespace sluice::emulator
