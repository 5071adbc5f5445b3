// The JSON of QingStor: snake_case names, common prefixes as plain strings, ETags quoted in lists of
// objects and bare in lists of parts. The content type is exactly "application/json": its Python SDK
// compares the whole header.
#include "emulator/dialects/qingstor_json.h"

#include "emulator/dialects/json_reader.h"
#include "emulator/dialects/parts.h"

namespace sluice::emulator::qingstor {
namespace {

void send(JsonWriter& json, Reply& reply) {
  reply.body = json.take();
  reply.headers.set("Content-Type", "application/json");
}

constexpr std::string_view kEverybody = "QS_ALL_USERS";

std::string class_or_standard(const std::string& storage_class) {
  return storage_class.empty() ? "STANDARD" : storage_class;
}

std::uint64_t unix_seconds(TimePoint time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string bucket_url(const BucketView& bucket) {
  return "https://" + bucket.name + "." + bucket.region + ".qingstor.com";
}

void error(const Call& call, const ErrorWord& word, const Failure& failure, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("code", word.code)
      .text("message", failure.message.empty() ? word.message : failure.message)
      .text("request_id", call.request_id)
      .text("url", "https://docs.qingcloud.com/qingstor/api/common/error_code")
      .end_object();
  send(json, reply);
}

void buckets(const Call&, const BucketsView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object().number("count", view.buckets.size()).begin_array("buckets");
  for (const BucketView& bucket : view.buckets) {
    json.begin_object()
        .text("name", bucket.name)
        .text("location", bucket.region)
        .text("url", bucket_url(bucket))
        .text("created", iso_time(bucket.created))
        .end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

void bucket_head(const Call&, const BucketView&, Reply&) {}  // statuses say it all

void stat(const Call&, const StatView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("name", view.bucket.name)
      .text("location", view.bucket.region)
      .text("url", bucket_url(view.bucket))
      .text("created", iso_time(view.bucket.created))
      .text("status", "active")
      .number("count", view.objects)
      .number("size", view.bytes);
  json.begin_object("storage_classes").begin_object("STANDARD");
  json.number("count", view.objects).number("size", view.bytes).number("billing_size", view.bytes);
  json.end_object().end_object().end_object();
  send(json, reply);
}

void listing(const Call& call, const ListingView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object().text("name", call.bucket());
  json.begin_object("owner").text("id", call.owner).text("name", call.owner).end_object();
  json.text("prefix", view.prefix)
      .text("delimiter", view.delimiter)
      .number("limit", view.limit)
      .text("marker", view.marker)
      .text("next_marker", view.truncated ? view.next_marker : std::string())
      .boolean("has_more", view.truncated);
  json.begin_array("keys");
  for (const ObjectView& object : view.objects) {
    const auto type = object.headers.find("content-type");
    json.begin_object()
        .text("key", object.key)
        .number("size", object.size)
        .text("etag", quoted_etag(*call.dialect, object.etag))
        .text("mime_type", type == object.headers.end() ? "application/octet-stream" : type->second)
        .text("created", iso_time(object.modified))
        .number("modified", unix_seconds(object.modified))
        .boolean("encrypted", false)
        .text("storage_class", class_or_standard(object.storage_class))
        .end_object();
  }
  json.end_array().begin_array("common_prefixes");
  for (const std::string& prefix : view.prefixes) json.element(prefix);
  json.end_array().end_object();
  send(json, reply);
}

// The end of the list is where both next markers are empty.
void uploads(const Call& call, const UploadsView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("name", call.bucket())
      .text("prefix", view.prefix)
      .text("delimiter", view.delimiter)
      .number("limit", view.limit)
      .text("marker", view.key_marker)
      .text("next_key_marker", view.truncated ? view.next_key_marker : std::string())
      .text("next_upload_id_marker", view.truncated ? view.next_upload_id_marker : std::string())
      .boolean("has_more", view.truncated);
  json.begin_array("uploads");
  for (const UploadView& upload : view.uploads) {
    json.begin_object()
        .text("key", upload.key)
        .text("upload_id", upload.upload_id)
        .text("created", iso_time(upload.initiated))
        .end_object();
  }
  json.end_array().begin_array("common_prefixes");
  for (const std::string& prefix : view.prefixes) json.element(prefix);
  json.end_array().end_object();
  send(json, reply);
}

void parts(const Call&, const PartsView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object().number("count", view.parts.size()).begin_array("object_parts");
  for (const PartView& part : view.parts) {
    json.begin_object()
        .number("part_number", static_cast<std::uint64_t>(part.number))
        .number("size", part.size)
        .text("created", iso_time(part.modified))
        .text("etag", part.etag)
        .end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

void created(const Call& call, const CreatedView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("bucket", call.bucket())
      .text("key", call.key())
      .text("upload_id", view.upload_id)
      .end_object();
  send(json, reply);
}

void stored(const Call& call, const StoredView& view, Reply& reply) {
  write_stored_headers(call, view, reply);
}

void completed(const Call&, const CompletedView&, Reply&) {}  // 201 and no body

void copied(const Call& call, const CopiedView& view, Reply& reply) {
  reply.headers.set("ETag", quoted_etag(*call.dialect, view.object.etag));
  if (!view.part) return;
  reply.headers.set("x-qs-content-copy-range", "bytes " + std::to_string(view.first) + "-" +
                                                   std::to_string(view.last) + "/" +
                                                   std::to_string(view.source_size));
}

void deleted(const Call& call, const DeletedView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object();
  if (!view.quiet) {
    json.begin_array("deleted");
    for (const std::string& key : view.deleted) json.begin_object().text("key", key).end_object();
    json.end_array();
  }
  json.begin_array("errors");
  for (const auto& [key, failure] : view.failed) {
    const ErrorWord& word = error_word(*call.dialect, failure.trouble);
    json.begin_object()
        .text("key", key)
        .text("code", word.code)
        .text("message", failure.message.empty() ? word.message : failure.message)
        .end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

void object_head(const Call& call, const ObjectView& view, Reply& reply) {
  write_object_headers(call, view, reply, "");
  reply.headers.set("x-qs-storage-class", class_or_standard(view.storage_class));
  if (view.type != "Appendable") return;
  reply.headers.set("x-qs-object-type", "appendable");
  reply.headers.set("x-qs-next-append-position", std::to_string(view.size));
}

void acl(const Call& call, const AclView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object();
  json.begin_object("owner").text("id", call.owner).text("name", call.owner).end_object();
  json.begin_array("acl");
  for (const Grant& grant : grants_of(view.acl, call.owner)) {
    json.begin_object().begin_object("grantee");
    if (grant.whom == Grantee::user)
      json.text("type", "user").text("id", grant.user).text("name", grant.user);
    else
      json.text("type", "group").text("name", kEverybody);
    json.end_object().text("permission", grant.permission).end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

Outcome<CompleteRequest> read_complete(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  CompleteRequest request;
  auto read = document->array("object_parts", [&](const JsonObject& part) -> Outcome<Done> {
    auto number = part.number("part_number", -1);
    if (!number) return number.failure();
    auto etag = part.text("etag");
    if (!etag) return etag.failure();
    if (*number < call.dialect->limits.part_first || *number > call.dialect->limits.part_last) {
      return Failure{Trouble::invalid_part_number, {}, {}, {}};
    }
    request.parts.push_back({static_cast<int>(*number), bare_etag(*etag), {}});
    return Done{};
  });
  if (!read) return read.failure();
  return request;
}

Outcome<DeleteRequest> read_delete(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  DeleteRequest request;
  auto quiet = document->boolean("quiet");
  if (!quiet) return quiet.failure();
  request.quiet = *quiet;
  auto read = document->array("objects", [&](const JsonObject& object) -> Outcome<Done> {
    auto key = object.text("key");
    if (!key) return key.failure();
    request.keys.push_back(*std::move(key));
    return Done{};
  });
  if (!read) return read.failure();
  return request;
}

// {"grantee": {"type": "user", "id": ...} or {"type": "group", "name": "QS_ALL_USERS"}, "permission": ...}
Outcome<Acl> read_acl(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  Acl asked;
  auto read = document->array("acl", [&](const JsonObject& one) -> Outcome<Done> {
    auto grantee = one.object("grantee");
    if (!grantee) return grantee.failure();
    auto name = grantee->text("name");
    if (!name) return name.failure();
    auto id = grantee->text("id");
    if (!id) return id.failure();
    auto permission = one.text("permission");
    if (!permission) return permission.failure();
    Grant grant{Grantee::user, *id, *permission};
    if (id->empty() && *name == kEverybody) grant.whom = Grantee::everybody;
    const bool known = *permission == "READ" || *permission == "WRITE" || *permission == "FULL_CONTROL";
    if (!known || (id->empty() && grant.whom == Grantee::user))
      return Failure{Trouble::invalid_argument, "A grant names no grantee or no permission.", {}, {}};
    asked.grants.push_back(std::move(grant));
    return Done{};
  });
  if (!read) return read.failure();
  return asked;
}

}  // namespace

Shapes shapes() {
  return {.error = error,
          .buckets = buckets,
          .bucket_head = bucket_head,
          .stat = stat,
          .listing = listing,
          .uploads = uploads,
          .parts = parts,
          .created = created,
          .stored = stored,
          .completed = completed,
          .copied = copied,
          .deleted = deleted,
          .object_head = object_head,
          .acl = acl,
          .read_complete = read_complete,
          .read_delete = read_delete,
          .read_acl = read_acl};
}

}  // namespace sluice::emulator::qingstor
