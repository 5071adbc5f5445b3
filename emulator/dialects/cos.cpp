// Tencent Cloud COS. XML without a namespace and with a few spellings of its own; a CRC everywhere;
// buckets named <name>-<appid>; append; parts of 1 MB. Response header names in lower case: its Python
// SDK reads them with their case.
#include "emulator/dialects/xml.h"

namespace sluice::emulator {
namespace {

using Op = Operation;
constexpr Level kService = Level::service, kBucket = Level::bucket, kObject = Level::object;

constexpr Route kRoutes[] = {
    {"GET", kService, "", "", Op::list_buckets},
    {"GET", kBucket, "location", "", Op::bucket_location},
    {"GET", kBucket, "acl", "", Op::get_bucket_acl},
    {"PUT", kBucket, "acl", "", Op::put_bucket_acl},
    {"GET", kBucket, "tagging", "", Op::get_bucket_tags},
    {"PUT", kBucket, "tagging", "", Op::put_bucket_tags, 204},
    {"DELETE", kBucket, "tagging", "", Op::delete_bucket_tags, 204},
    {"GET", kBucket, "versioning", "", Op::get_versioning},
    {"GET", kBucket, "uploads", "", Op::list_uploads},
    {"GET", kBucket, "versions", "", Op::refuse},
    {"GET", kBucket, "lifecycle", "", Op::refuse},
    {"GET", kBucket, "cors", "", Op::refuse},
    {"PUT", kBucket, "versioning", "", Op::refuse},
    {"POST", kBucket, "delete", "", Op::delete_objects},
    {"GET", kBucket, "", "", Op::list_objects},
    {"HEAD", kBucket, "", "", Op::head_bucket},
    {"PUT", kBucket, "", "", Op::create_bucket},
    {"DELETE", kBucket, "", "", Op::delete_bucket, 204},
    {"GET", kObject, "uploadId", "", Op::list_parts},
    {"PUT", kObject, "uploadId partNumber", "copy-source", Op::copy_part},
    {"PUT", kObject, "uploadId partNumber", "", Op::put_part},
    {"POST", kObject, "uploads", "", Op::create_upload},
    {"POST", kObject, "uploadId", "", Op::complete_upload},
    {"DELETE", kObject, "uploadId", "", Op::abort_upload, 204},
    {"POST", kObject, "append", "", Op::append_object},
    {"GET", kObject, "acl", "", Op::get_object_acl},
    {"PUT", kObject, "acl", "", Op::put_object_acl},
    {"GET", kObject, "tagging", "", Op::get_object_tags},
    {"PUT", kObject, "tagging", "", Op::put_object_tags},
    {"DELETE", kObject, "tagging", "", Op::delete_object_tags, 204},
    {"GET", kObject, "symlink", "", Op::get_symlink},
    {"PUT", kObject, "symlink", "", Op::put_symlink},
    {"POST", kObject, "restore", "", Op::restore_object, 202},
    {"GET", kObject, "", "", Op::get_object},
    {"HEAD", kObject, "", "", Op::head_object},
    {"PUT", kObject, "", "copy-source", Op::copy_object},
    {"PUT", kObject, "", "", Op::put_object},
    {"DELETE", kObject, "", "", Op::delete_object, 204},
};

using T = Trouble;
constexpr ErrorWord kErrors[] = {
    {T::access_denied, 403, "AccessDenied", "Access Denied."},
    {T::unknown_key, 403, "InvalidAccessKeyId",
     "The Access Key Id you provided does not exist in our records"},
    {T::signature_mismatch, 403, "SignatureDoesNotMatch", "The Signature you specified is invalid."},
    {T::clock_skewed, 403, "RequestTimeTooSkewed",
     "The difference between the request time and the server's time is too large."},
    {T::url_expired, 403, "AccessDenied", "Request has expired"},
    {T::token_missing, 403, "InvalidAccessKeyId",
     "The Access Key Id you provided does not exist in our records"},
    {T::token_invalid, 403, "AccessDenied", "The security token is invalid."},
    {T::token_expired, 403, "ExpiredToken", "The provided token has expired."},
    {T::wrong_region, 400, "InvalidRegionName", "The region is wrong."},
    {T::auth_malformed, 400, "InvalidArgument", "The authorization is malformed."},
    {T::header_not_signed, 403, "SignatureDoesNotMatch", "A header that must be signed is not."},
    {T::no_such_bucket, 404, "NoSuchBucket", "The specified bucket does not exist."},
    {T::bucket_exists, 409, "BucketAlreadyExists", "The requested bucket name is not available."},
    {T::bucket_owned, 409, "BucketAlreadyOwnedByYou",
     "The bucket you tried to create already exists, and you own it."},
    {T::bucket_not_empty, 409, "BucketNotEmpty", "The bucket you tried to delete is not empty."},
    {T::invalid_bucket_name, 400, "InvalidBucketName", "The specified bucket is not valid."},
    {T::no_such_key, 404, "NoSuchKey", "The specified key does not exist."},
    {T::invalid_key, 400, "InvalidObjectName", "The specified object name is not valid."},
    {T::key_too_long, 400, "KeyTooLong", "Your key is too long."},
    {T::object_exists, 409, "FileAlreadyExists", "The object already exists and may not be overwritten."},
    {T::not_appendable, 409, "ObjectNotAppendable", "The object is not appendable."},
    {T::wrong_position, 409, "AppendPositionErr", "The append position does not match the object length."},
    {T::metadata_too_large, 400, "MetadataTooLarge",
     "Your metadata headers exceed the maximum allowed metadata size."},
    {T::no_such_tags, 404, "NoSuchTagSet", "The TagSet does not exist."},
    {T::invalid_tag, 400, "InvalidTag", "The tags are too many, too long, or empty."},
    {T::invalid_class, 400, "NotSupportedStorageClass", "The storage class is not supported."},
    {T::no_symlink_target, 404, "NoSuchKey", "The target of the symbolic link does not exist."},
    {T::invalid_symlink_target, 400, "InvalidArgument", "The target is a symbolic link itself."},
    {T::not_a_symlink, 400, "InvalidArgument", "The object is no symbolic link."},
    {T::archived, 403, "InvalidObjectState", "The operation is not valid for the object's storage class."},
    {T::not_archived, 403, "InvalidObjectState", "Only archived objects are restored."},
    {T::restore_running, 409, "RestoreAlreadyInProgress", "Object restore is already in progress."},
    {T::no_such_version, 404, "NoSuchVersion", "The specified version does not exist."},
    {T::invalid_copy_source, 400, "InvalidCopySource", "The copy source is not valid."},
    {T::copy_too_large, 400, "InvalidRequest", "The copy source is larger than 5 GB."},
    {T::no_such_upload, 404, "NoSuchUpload",
     "The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload "
     "might "
     "have been aborted or completed."},
    {T::invalid_part, 400, "InvalidPart", "One or more of the specified parts could not be found."},
    {T::invalid_part_order, 400, "InvalidPartOrder", "The list of parts was not in ascending order."},
    {T::part_too_small, 400, "EntityTooSmall",
     "Your proposed upload is smaller than the minimum allowed size."},
    {T::invalid_part_number, 400, "InvalidArgument",
     "Part number must be an integer between 1 and 10000, inclusive."},
    {T::bad_digest, 400, "BadDigest", "The Content-MD5 you specified did not match what we received."},
    {T::invalid_digest, 400, "InvalidDigest", "The Content-MD5 you specified was invalid."},
    {T::incomplete_body, 400, "IncompleteBody",
     "You did not provide the number of bytes specified by the Content-Length HTTP header."},
    {T::missing_length, 411, "MissingContentLength", "You must provide the Content-Length HTTP header."},
    {T::entity_too_large, 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size."},
    {T::malformed_body, 400, "MalformedXML", "The XML you provided was not well-formed."},
    {T::missing_digest, 400, "InvalidRequest", "Missing required header for this request: Content-MD5"},
    {T::precondition_failed, 412, "PreconditionFailed",
     "At least one of the pre-conditions you specified did not hold."},
    {T::not_modified, 304, "NotModified", ""},
    {T::invalid_range, 416, "InvalidRange", "The requested range is not satisfiable"},
    {T::invalid_argument, 400, "InvalidArgument", "Invalid Argument."},
    {T::invalid_request, 400, "InvalidRequest", "Invalid Request."},
    {T::bad_http, 400, "BadRequest", "The request could not be understood."},
    {T::method_not_allowed, 405, "MethodNotAllowed",
     "The specified method is not allowed against this resource."},
    {T::not_implemented, 501, "NotImplemented", "A header or query you provided is not implemented."},
    {T::slow_down, 503, "SlowDown", "Reduce your request rate."},
    {T::internal, 500, "InternalError", "We encountered an internal error. Please try again."},
};

std::string uin(const std::string& who) {
  return "qcs::cam::uin/" + who + ":uin/" + who;
}

void write_owner(XmlWriter& xml, const std::string& who, std::string_view element = "Owner") {
  xml.begin(element).text("ID", uin(who)).text("DisplayName", who).end();
}

void error(const Call& call, const ErrorWord& word, const Failure& failure, Reply& reply) {
  XmlWriter xml("Error");
  xml.text("Code", word.code).text("Message", failure.message.empty() ? word.message : failure.message);
  for (const auto& [name, value] : failure.details) {
    if (name == "StringToSign") xml.text(name, value);
    if (name == "CanonicalRequest") xml.text("FormatString", value);
    if (name == "ServerTime") xml.text(name, value);
  }
  xml.text("Resource", call.header("Host") + call.request.path).text("RequestId", call.request_id);
  xml.text("TraceId", call.request_id);
  send_xml(xml, reply);
  reply.headers.add("x-cos-trace-id", call.request_id);
}

void buckets(const Call& call, const BucketsView& view, Reply& reply) {
  XmlWriter xml("ListAllMyBucketsResult");
  write_owner(xml, call.owner);
  xml.begin("Buckets");
  for (const BucketView& bucket : view.buckets) {
    xml.begin("Bucket").text("Name", bucket.name).text("Location", bucket.region);
    xml.time("CreationDate", bucket.created).text("BucketType", "cos").end();
  }
  xml.end().text("Marker", view.marker).text("NextMarker", view.next_marker);
  xml.boolean("IsTruncated", view.truncated);
  send_xml(xml, reply);
}

void location(const Call&, const BucketView& bucket, Reply& reply) {
  XmlWriter xml("LocationConstraint");
  xml.value(bucket.region);
  send_xml(xml, reply);
}

void bucket_head(const Call&, const BucketView& bucket, Reply& reply) {
  reply.headers.add("x-cos-bucket-region", bucket.region);
  if (!bucket.traits.redundancy.empty()) reply.headers.add("x-cos-bucket-az-type", bucket.traits.redundancy);
}

std::string_view storage_class(std::string_view given) {
  return given.empty() ? "STANDARD" : given;
}

void listing(const Call& call, const ListingView& view, Reply& reply) {
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text, "/"); };
  XmlWriter xml("ListBucketResult");
  xml.text("Name", call.bucket());
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.text("Prefix", name(view.prefix)).text("Marker", name(view.marker)).number("MaxKeys", view.limit);
  xml.some("Delimiter", name(view.delimiter)).boolean("IsTruncated", view.truncated);
  if (view.truncated) xml.text("NextMarker", name(view.next_marker));
  for (const ObjectView& object : view.objects) {
    xml.begin("Contents").text("Key", name(object.key)).time("LastModified", object.modified);
    xml.text("ETag", quoted_etag(*call.dialect, object.etag)).number("Size", object.size);
    write_owner(xml, call.owner);
    xml.text("StorageClass", storage_class(object.storage_class)).end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixes").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

// Encoding-Type, delimiter and CommonPrefixs are spelled so.
void uploads(const Call& call, const UploadsView& view, Reply& reply) {
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text, "/"); };
  XmlWriter xml("ListMultipartUploadsResult");
  xml.text("Bucket", call.bucket());
  if (view.url_encoded) xml.text("Encoding-Type", "url");
  xml.text("KeyMarker", name(view.key_marker)).text("UploadIdMarker", view.upload_id_marker);
  xml.text("NextKeyMarker", name(view.next_key_marker))
      .text("NextUploadIdMarker", view.next_upload_id_marker);
  xml.number("MaxUploads", view.limit)
      .boolean("IsTruncated", view.truncated)
      .text("Prefix", name(view.prefix));
  xml.some("delimiter", name(view.delimiter));
  for (const UploadView& upload : view.uploads) {
    xml.begin("Upload").text("Key", name(upload.key)).text("UploadId", upload.upload_id);
    xml.text("StorageClass", storage_class(upload.storage_class));
    write_owner(xml, upload.initiator, "Initiator");
    write_owner(xml, call.owner);
    xml.time("Initiated", upload.initiated).end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixs").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

void parts(const Call& call, const PartsView& view, Reply& reply) {
  XmlWriter xml("ListPartsResult");
  xml.text("Bucket", call.bucket());
  if (view.url_encoded) xml.text("Encoding-type", "url");
  xml.text("Key", listed_name(view.url_encoded, call.key(), "/")).text("UploadId", view.upload_id);
  write_owner(xml, view.initiator, "Initiator");
  write_owner(xml, call.owner);
  xml.text("StorageClass", storage_class(view.storage_class));
  xml.number("PartNumberMarker", static_cast<std::uint64_t>(view.marker));
  if (view.truncated) xml.number("NextPartNumberMarker", static_cast<std::uint64_t>(view.next_marker));
  xml.number("MaxParts", view.limit).boolean("IsTruncated", view.truncated);
  for (const PartView& part : view.parts) {
    xml.begin("Part").number("PartNumber", static_cast<std::uint64_t>(part.number));
    xml.time("LastModified", part.modified).text("ETag", quoted_etag(*call.dialect, part.etag));
    xml.number("Size", part.size).end();
  }
  send_xml(xml, reply);
}

void created(const Call& call, const CreatedView& view, Reply& reply) {
  XmlWriter xml("InitiateMultipartUploadResult");
  xml.text("Bucket", call.bucket()).text("Key", call.key()).text("UploadId", view.upload_id);
  send_xml(xml, reply);
}

void add_crc(const ObjectView& object, Reply& reply) {
  if (object.crc64) reply.headers.add("x-cos-hash-crc64ecma", std::to_string(*object.crc64));
}

void completed(const Call& call, const CompletedView& view, Reply& reply) {
  XmlWriter xml("CompleteMultipartUploadResult");
  xml.text("Location", view.location).text("Bucket", call.bucket()).text("Key", call.key());
  xml.text("ETag", quoted_etag(*call.dialect, view.object.etag));
  send_xml(xml, reply);
  add_crc(view.object, reply);
}

void copied(const Call& call, const CopiedView& view, Reply& reply) {
  XmlWriter xml(view.part ? "CopyPartResult" : "CopyObjectResult");
  xml.text("ETag", quoted_etag(*call.dialect, view.object.etag)).time("LastModified", view.object.modified);
  if (!view.part && view.object.crc64) xml.number("CRC64", *view.object.crc64);
  send_xml(xml, reply);
  if (!view.part) add_crc(view.object, reply);
}

void deleted(const Call& call, const DeletedView& view, Reply& reply) {
  XmlWriter xml("DeleteResult");
  if (!view.quiet) {
    for (const std::string& key : view.deleted) xml.begin("Deleted").text("Key", key).end();
  }
  for (const auto& [key, failure] : view.failed) {
    const ErrorWord& word = error_word(*call.dialect, failure.trouble);
    xml.begin("Error").text("Key", key).text("Code", word.code).text("Message", word.message).end();
  }
  send_xml(xml, reply);
}

void object_head(const Call& call, const ObjectView& object, Reply& reply) {
  write_object_headers(call, object, reply, "STANDARD");
  reply.headers.add("x-cos-object-type", object.type == "Appendable" ? "appendable"
                                         : object.type == "Symlink"  ? "symlink"
                                                                     : "normal");
  if (!object.tags.empty()) reply.headers.add("x-cos-tagging-count", std::to_string(object.tags.size()));
}

void acl(const Call& call, const AclView& view, Reply& reply) {
  XmlWriter xml("AccessControlPolicy");
  write_owner(xml, call.owner);
  write_grants(xml, call, view, uin(call.owner), "http://cam.qcloud.com/groups/global/");
  send_xml(xml, reply);
}

void versioning(const Call&, Reply& reply) {
  XmlWriter xml("VersioningConfiguration");
  send_xml(xml, reply);
}

// [<bucket>-<appid>.]cos[-internal].<region>.myqcloud.com or .tencentcos.cn, service.cos...
std::optional<HostMatch> public_host(std::string_view host) {
  bool ours = false;
  for (const std::string_view suffix : {".myqcloud.com", ".tencentcos.cn"})
    ours = ours || host.ends_with(suffix);
  if (!ours) return {};
  const auto first = host.substr(0, host.find('.'));
  const auto dash = first.rfind('-');
  const bool bucket = dash != std::string_view::npos && dash > 0 && dash + 1 < first.size() &&
                      first.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
  HostMatch match{bucket ? std::string(first) : std::string()};
  const auto service = host.find("cos.");
  if (service != std::string_view::npos) {
    const auto region = host.substr(service + 4, host.find('.', service + 4) - service - 4);
    if (region.find('-') != std::string_view::npos) match.region = region;
  }
  return match;
}

constexpr std::string_view kBucketAcls[] = {"private", "public-read", "public-read-write",
                                            "authenticated-read"};
constexpr std::string_view kObjectAcls[] = {"default",           "private",
                                            "public-read",       "authenticated-read",
                                            "bucket-owner-read", "bucket-owner-full-control"};
// NEARLINE is obsolete, and early clients still name it.
constexpr std::string_view kClasses[] = {
    "STANDARD",     "STANDARD_IA",     "INTELLIGENT_TIERING",     "ARCHIVE",     "DEEP_ARCHIVE",
    "MAZ_STANDARD", "MAZ_STANDARD_IA", "MAZ_INTELLIGENT_TIERING", "MAZ_ARCHIVE", "NEARLINE"};
constexpr std::string_view kArchives[] = {"ARCHIVE", "DEEP_ARCHIVE", "MAZ_ARCHIVE"};

}  // namespace

const Dialect kCos = {
    .name = "cos",
    .prefix = "x-cos-",
    .region = "ap-guangzhou",
    .bucket_acls = kBucketAcls,
    .object_acls = kObjectAcls,
    .classes = kClasses,
    .archive_classes = kArchives,
    .words = {.tag_key = "tagkey", .tag_value = "tagvalue", .region_query = "region"},
    .limits = {.part_min = 1 << 20,
               .object_max = 48'820ull << 30,
               .key_max = 850,
               .bucket_max = 60,
               .buckets_page = 2000},
    .rules = {.copy_needs_replace = true, .uploads_hold_bucket = true, .tag_needs_value = true},
    .routes = kRoutes,
    .errors = kErrors,
    .shapes = {.error = error,
               .buckets = buckets,
               .location = location,
               .bucket_head = bucket_head,
               .listing = listing,
               .uploads = uploads,
               .parts = parts,
               .created = created,
               .stored = write_stored_headers,
               .completed = completed,
               .copied = copied,
               .deleted = deleted,
               .object_head = object_head,
               .acl = acl,
               .tags = write_tags_xml,
               .versioning = versioning,
               .read_complete = read_complete_xml,
               .read_delete = read_delete_xml,
               .read_tags = read_tags_xml,
               .read_acl = read_acl_xml,
               .read_create = read_create_xml,
               .read_restore = read_restore_xml},
    .public_host = public_host,
};

}  // namespace sluice::emulator
