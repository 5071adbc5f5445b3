// The JSON of TOS: names and types as its page lists them. ETags keep their quotes inside JSON, CRCs
// are decimal text, times have milliseconds.
#include "emulator/dialects/tos_json.h"

#include "emulator/dialects/json_reader.h"
#include "emulator/dialects/parts.h"
#include "emulator/operations_list.h"
#include "io/percent.h"

namespace sluice::emulator::tos {
namespace {

void send(JsonWriter& json, Reply& reply) {
  reply.body = json.take();
  reply.headers.set("Content-Type", "application/json");
}

// What encoding-type=url covers: keys, prefixes, markers, delimiters.
std::string maybe_encoded(bool encode, const std::string& text) {
  return encode ? io::percent_encode(text) : text;
}

std::string or_usual(const std::string& told, const char* usual) {
  return told.empty() ? usual : told;
}
std::string class_or_standard(const std::string& storage_class) {
  return or_usual(storage_class, "STANDARD");
}

void write_owner(JsonWriter& json, const Call& call) {
  json.begin_object("Owner").text("ID", call.owner).text("DisplayName", call.owner).end_object();
}

std::string extranet(const Call& call) {
  return "tos-" + call.region + ".volces.com";
}
std::string intranet(const Call& call) {
  return "tos-" + call.region + ".ivolces.com";
}

// Stable detail codes that clients are known to look at.
std::string_view detail_code(Trouble trouble) {
  switch (trouble) {
    case Trouble::no_such_key:
      return "0017-00000003";
    case Trouble::wrong_position:
      return "0017-00000208";
    case Trouble::not_appendable:
      return "0017-00000209";
    default:
      return {};
  }
}

void error(const Call& call, const ErrorWord& word, const Failure& failure, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("Code", word.code)
      .text("Message", failure.message.empty() ? word.message : failure.message)
      .text("RequestId", call.request_id)
      .text("HostId", "sluice")
      .text("Resource", call.request.path);
  if (!call.key().empty()) json.text("Key", call.key());
  if (const auto ec = detail_code(failure.trouble); !ec.empty()) {
    json.text("EC", ec);
    reply.headers.set("x-tos-ec", std::string(ec));
  }
  json.end_object();
  send(json, reply);
}

void buckets(const Call& call, const BucketsView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object().begin_array("Buckets");
  for (const BucketView& bucket : view.buckets) {
    json.begin_object()
        .text("Name", bucket.name)
        .text("Location", bucket.region)
        .text("CreationDate", iso_time(bucket.created))
        .text("ExtranetEndpoint", extranet(call))
        .text("IntranetEndpoint", intranet(call))
        .text("ProjectName", or_usual(bucket.traits.project, "default"))
        .text("BucketType", or_usual(bucket.traits.type, "fns"))
        .end_object();
  }
  json.end_array();
  json.begin_object("Owner").text("ID", call.owner).text("Name", call.owner).end_object();
  json.end_object();
  send(json, reply);
}

void location(const Call& call, const BucketView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("Region", view.region)
      .text("ExtranetEndpoint", extranet(call))
      .text("IntranetEndpoint", intranet(call))
      .end_object();
  send(json, reply);
}

void bucket_head(const Call&, const BucketView& view, Reply& reply) {
  reply.headers.set("x-tos-bucket-region", view.region);
  reply.headers.set("x-tos-storage-class", class_or_standard(view.traits.storage_class));
  reply.headers.set("x-tos-az-redundancy", or_usual(view.traits.redundancy, "single-az"));
  reply.headers.set("x-tos-project-name", or_usual(view.traits.project, "default"));
  reply.headers.set("x-tos-bucket-type", or_usual(view.traits.type, "fns"));
}

void stat(const Call& call, const StatView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object().begin_object("Bucket");
  json.text("Name", view.bucket.name)
      .text("Location", view.bucket.region)
      .text("CreationDate", iso_time(view.bucket.created))
      .text("StorageClass", class_or_standard(view.bucket.traits.storage_class))
      .text("AzRedundancy", or_usual(view.bucket.traits.redundancy, "single-az"))
      .text("ProjectName", or_usual(view.bucket.traits.project, "default"))
      .text("Type", or_usual(view.bucket.traits.type, "fns"));
  write_owner(json, call);
  json.end_object().end_object();
  send(json, reply);
}

void write_object(JsonWriter& json, const Call& call, const ListingView& view, const ObjectView& object) {
  json.begin_object()
      .text("Key", maybe_encoded(view.url_encoded, object.key))
      .text("LastModified", iso_time(object.modified))
      .text("ETag", quoted_etag(*call.dialect, object.etag))
      .number("Size", object.size)
      .text("StorageClass", class_or_standard(object.storage_class))
      .text("Type", object.type == "Multipart" ? "Normal" : object.type);
  // The SDKs disagree on one letter's case here (HashCrc64Ecma in Go, which ignores case).
  if (object.crc64) json.text("HashCrc64ecma", std::to_string(*object.crc64));
  if (view.owner) write_owner(json, call);
  if (call.query("fetch-meta") == "true") {
    json.begin_array("UserMeta");
    for (const auto& [name, value] : object.headers) {
      if (!name.starts_with("meta-")) continue;
      json.begin_object().text("Key", "x-tos-" + name).text("Value", value).end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void listing(const Call& call, const ListingView& view, Reply& reply) {
  const bool encode = view.url_encoded;
  JsonWriter json;
  json.begin_object()
      .text("Name", call.bucket())
      .text("Prefix", maybe_encoded(encode, view.prefix))
      .number("MaxKeys", view.limit)
      .text("Delimiter", maybe_encoded(encode, view.delimiter))
      .boolean("IsTruncated", view.truncated);
  if (encode) json.text("EncodingType", "url");
  if (view.v2) {
    json.number("KeyCount", view.objects.size() + view.prefixes.size())
        .text("StartAfter", maybe_encoded(encode, view.start_after))
        .text("ContinuationToken", view.continuation);
    if (view.truncated) json.text("NextContinuationToken", opaque_token(view.next_marker));
  } else {
    json.text("Marker", maybe_encoded(encode, view.marker));
    if (view.truncated) json.text("NextMarker", maybe_encoded(encode, view.next_marker));
  }
  json.begin_array("CommonPrefixes");
  for (const std::string& prefix : view.prefixes) {
    json.begin_object().text("Prefix", maybe_encoded(encode, prefix)).end_object();
  }
  json.end_array().begin_array("Contents");
  for (const ObjectView& object : view.objects) write_object(json, call, view, object);
  json.end_array().end_object();
  send(json, reply);
}

void uploads(const Call& call, const UploadsView& view, Reply& reply) {
  const bool encode = view.url_encoded;
  JsonWriter json;
  json.begin_object()
      .text("Bucket", call.bucket())
      .text("Prefix", maybe_encoded(encode, view.prefix))
      .text("KeyMarker", maybe_encoded(encode, view.key_marker))
      .text("UploadIdMarker", view.upload_id_marker)
      .text("NextKeyMarker", maybe_encoded(encode, view.next_key_marker))
      .text("NextUploadIdMarker", view.next_upload_id_marker)
      .text("Delimiter", maybe_encoded(encode, view.delimiter))
      .number("MaxUploads", view.limit)
      .boolean("IsTruncated", view.truncated);
  if (encode) json.text("EncodingType", "url");
  json.begin_array("CommonPrefixes");
  for (const std::string& prefix : view.prefixes) {
    json.begin_object().text("Prefix", maybe_encoded(encode, prefix)).end_object();
  }
  json.end_array().begin_array("Uploads");
  for (const UploadView& upload : view.uploads) {
    json.begin_object()
        .text("Key", maybe_encoded(encode, upload.key))
        .text("UploadId", upload.upload_id)
        .text("StorageClass", class_or_standard(upload.storage_class))
        .text("Initiated", iso_time(upload.initiated));
    write_owner(json, call);
    json.end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

void parts(const Call& call, const PartsView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("Bucket", call.bucket())
      .text("Key", maybe_encoded(view.url_encoded, call.key()))
      .text("UploadId", view.upload_id)
      .number("PartNumberMarker", static_cast<std::uint64_t>(view.marker))
      .number("NextPartNumberMarker", static_cast<std::uint64_t>(view.next_marker))
      .number("MaxParts", view.limit)
      .boolean("IsTruncated", view.truncated)
      .text("StorageClass", class_or_standard(view.storage_class));
  if (view.url_encoded) json.text("EncodingType", "url");
  write_owner(json, call);
  json.begin_array("Parts");
  for (const PartView& part : view.parts) {
    json.begin_object()
        .number("PartNumber", static_cast<std::uint64_t>(part.number))
        .text("ETag", quoted_etag(*call.dialect, part.etag))
        .text("LastModified", iso_time(part.modified))
        .number("Size", part.size);
    if (part.crc64) json.text("HashCrc64ecma", std::to_string(*part.crc64));
    json.end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

void created(const Call& call, const CreatedView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("Bucket", call.bucket())
      .text("Key", maybe_encoded(view.url_encoded, call.key()))
      .text("UploadId", view.upload_id);
  if (view.url_encoded) json.text("EncodingType", "url");
  json.end_object();
  send(json, reply);
}

void stored(const Call& call, const StoredView& view, Reply& reply) {
  write_stored_headers(call, view, reply);
}

void completed(const Call& call, const CompletedView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("Bucket", call.bucket())
      .text("Key", maybe_encoded(view.url_encoded, call.key()))
      .text("ETag", quoted_etag(*call.dialect, view.object.etag))
      .text("Location", view.location);
  if (!view.parts.empty()) {
    json.begin_array("CompletedParts");
    for (const PartView& part : view.parts) {
      json.begin_object()
          .number("PartNumber", static_cast<std::uint64_t>(part.number))
          .text("ETag", quoted_etag(*call.dialect, part.etag))
          .end_object();
    }
    json.end_array();
  }
  json.end_object();
  if (view.object.crc64) {
    reply.headers.set("x-tos-hash-crc64ecma", std::to_string(*view.object.crc64));
  }
  send(json, reply);
}

// No CRC here: the store tells it of copies only when they are read.
void copied(const Call& call, const CopiedView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object()
      .text("ETag", quoted_etag(*call.dialect, view.object.etag))
      .text("LastModified", iso_time(view.object.modified))
      .end_object();
  send(json, reply);
}

void deleted(const Call& call, const DeletedView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object();
  if (!view.quiet) {
    json.begin_array("Deleted");
    for (const std::string& key : view.deleted) json.begin_object().text("Key", key).end_object();
    json.end_array();
  }
  json.begin_array("Error");  // singular on the wire
  for (const auto& [key, failure] : view.failed) {
    const ErrorWord& word = error_word(*call.dialect, failure.trouble);
    json.begin_object()
        .text("Key", key)
        .text("Code", word.code)
        .text("Message", failure.message.empty() ? word.message : failure.message)
        .end_object();
  }
  json.end_array().end_object();
  send(json, reply);
}

void object_head(const Call& call, const ObjectView& view, Reply& reply) {
  write_object_headers(call, view, reply, "");
  reply.headers.set("x-tos-storage-class", class_or_standard(view.storage_class));
  const bool appendable = view.type == "Appendable";
  if (appendable || view.type == "Symlink") reply.headers.set("x-tos-object-type", view.type);
  if (appendable) reply.headers.set("x-tos-next-append-offset", std::to_string(view.size));
  if (!view.tags.empty()) reply.headers.set("x-tos-tagging-count", std::to_string(view.tags.size()));
}

void write_grant(JsonWriter& json, const Grant& grant) {
  json.begin_object().begin_object("Grantee");
  if (grant.whom == Grantee::user) {
    json.text("ID", grant.user).text("DisplayName", grant.user).text("Type", "CanonicalUser");
  } else {
    json.text("Type", "Group");
    json.text("Canned", grant.whom == Grantee::everybody ? "AllUsers" : "AuthenticatedUsers");
  }
  json.end_object().text("Permission", grant.permission).end_object();
}

void acl(const Call& call, const AclView& view, Reply& reply) {
  JsonWriter json;
  json.begin_object();
  write_owner(json, call);
  json.begin_array("Grants");
  for (const Grant& grant : grants_of(view.acl, call.owner)) write_grant(json, grant);
  json.end_array();
  if (view.of_object) {
    json.boolean("BucketOwnerEntrusted", view.acl.canned == "bucket-owner-entrusted")
        .boolean("IsDefault", view.acl.canned == "default");
  } else {
    json.boolean("BucketAclDelivered", false);
  }
  json.end_object();
  send(json, reply);
}

void tags(const Call&, const Tags& view, Reply& reply) {
  JsonWriter json;
  json.begin_object().begin_object("TagSet").begin_array("Tags");
  for (const auto& [key, value] : view)
    json.begin_object().text("Key", key).text("Value", value).end_object();
  json.end_array().end_object().end_object();
  send(json, reply);
}

void versioning(const Call&, Reply& reply) {
  JsonWriter json;  // never switched on: no Status
  json.begin_object().end_object();
  send(json, reply);
}

Outcome<CompleteRequest> read_complete(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  CompleteRequest request;
  auto read = document->array("Parts", [&](const JsonObject& part) -> Outcome<Done> {
    auto number = part.number("PartNumber", -1);
    if (!number) return number.failure();
    auto etag = part.text("ETag");
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
  auto quiet = document->boolean("Quiet");
  if (!quiet) return quiet.failure();
  request.quiet = *quiet;
  auto read = document->array("Objects", [&](const JsonObject& object) -> Outcome<Done> {
    auto key = object.text("Key");
    if (!key) return key.failure();
    request.keys.push_back(*std::move(key));
    return Done{};
  });
  if (!read) return read.failure();
  return request;
}

Outcome<Tags> read_tags(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  auto set = document->object("TagSet");
  if (!set) return set.failure();
  Tags found;
  auto read = set->array("Tags", [&](const JsonObject& tag) -> Outcome<Done> {
    auto key = tag.text("Key");
    if (!key) return key.failure();
    auto value = tag.text("Value");
    if (!value) return value.failure();
    found[*key] = *value;
    return Done{};
  });
  if (!read) return read.failure();
  return found;
}

Outcome<Acl> read_acl(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  Acl asked;
  auto read = document->array("Grants", [&](const JsonObject& one) -> Outcome<Done> {
    auto grantee = one.object("Grantee");
    if (!grantee) return grantee.failure();
    auto group = grantee->text("Canned");
    if (!group) return group.failure();
    auto id = grantee->text("ID");
    if (!id) return id.failure();
    auto permission = one.text("Permission");
    if (!permission) return permission.failure();
    Grant grant{Grantee::user, *id, *permission};
    if (*group == "AllUsers") grant.whom = Grantee::everybody;
    if (*group == "AuthenticatedUsers") grant.whom = Grantee::signed_in;
    asked.grants.push_back(std::move(grant));
    return Done{};
  });
  if (!read) return read.failure();
  return asked;
}

// What a bucket shall be comes in headers alone.
Outcome<CreateBucketRequest> read_create(const Call& call) {
  return CreateBucketRequest{call.vendor("storage-class"), call.vendor("az-redundancy"),
                             call.vendor("bucket-type"), call.vendor("project-name")};
}

Outcome<RestoreRequest> read_restore(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  RestoreRequest request;
  auto days = document->number("Days", 1);
  if (!days) return days.failure();
  request.days = static_cast<int>(*days);
  if (!document->has("RestoreJobParameters")) return request;
  auto job = document->object("RestoreJobParameters");
  if (!job) return job.failure();
  auto tier = job->text("Tier");
  if (!tier) return tier.failure();
  request.tier = *tier;
  return request;
}

void renaming(const Call&, const BucketTraits& traits, Reply& reply) {
  JsonWriter json;
  json.begin_object().boolean("RenameEnable", traits.renames).end_object();
  send(json, reply);
}

Outcome<bool> read_renaming(const Call& call) {
  auto document = JsonObject::parse(call.body);
  if (!document) return document.failure();
  return document->boolean("RenameEnable");
}

}  // namespace

Shapes shapes() {
  return {.error = error,
          .buckets = buckets,
          .location = location,
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
          .tags = tags,
          .versioning = versioning,
          .renaming = renaming,
          .read_complete = read_complete,
          .read_delete = read_delete,
          .read_tags = read_tags,
          .read_acl = read_acl,
          .read_create = read_create,
          .read_restore = read_restore,
          .read_renaming = read_renaming};
}

}  // namespace sluice::emulator::tos
