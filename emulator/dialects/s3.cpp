// Amazon S3. Answers in XML with its namespace; checksums of x-amz-checksum-*; parts of 5 MiB.
#include <array>

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
    {"GET", kBucket, "versions", "", Op::list_versions},
    {"GET", kBucket, "policy", "", Op::refuse},
    {"GET", kBucket, "cors", "", Op::refuse},
    {"GET", kBucket, "lifecycle", "", Op::refuse},
    {"POST", kBucket, "delete", "", Op::delete_objects},
    {"GET", kBucket, "list-type", "", Op::list_objects_v2},
    {"GET", kBucket, "", "", Op::list_objects},
    {"HEAD", kBucket, "", "", Op::head_bucket},
    {"PUT", kBucket, "versioning", "", Op::refuse},
    {"PUT", kBucket, "", "", Op::create_bucket},
    {"DELETE", kBucket, "", "", Op::delete_bucket, 204},
    {"GET", kObject, "uploadId", "", Op::list_parts},
    {"PUT", kObject, "uploadId partNumber", "copy-source", Op::copy_part},
    {"PUT", kObject, "uploadId partNumber", "", Op::put_part},
    {"POST", kObject, "uploads", "", Op::create_upload},
    {"POST", kObject, "uploadId", "", Op::complete_upload},
    {"DELETE", kObject, "uploadId", "", Op::abort_upload, 204},
    {"GET", kObject, "acl", "", Op::get_object_acl},
    {"PUT", kObject, "acl", "", Op::put_object_acl},
    {"GET", kObject, "tagging", "", Op::get_object_tags},
    {"PUT", kObject, "tagging", "", Op::put_object_tags},
    {"DELETE", kObject, "tagging", "", Op::delete_object_tags, 204},
    {"GET", kObject, "attributes", "", Op::object_attributes},
    {"POST", kObject, "restore", "", Op::restore_object, 202},
    {"GET", kObject, "partNumber", "", Op::refuse},
    {"HEAD", kObject, "partNumber", "", Op::refuse},
    {"GET", kObject, "", "", Op::get_object},
    {"HEAD", kObject, "", "", Op::head_object},
    {"PUT", kObject, "", "copy-source", Op::copy_object},
    {"PUT", kObject, "", "", Op::put_object},
    {"DELETE", kObject, "", "", Op::delete_object, 204},
};

using T = Trouble;
constexpr ErrorWord kErrors[] = {
    {T::access_denied, 403, "AccessDenied", "Access Denied"},
    {T::unknown_key, 403, "InvalidAccessKeyId",
     "The AWS Access Key Id you provided does not exist in our records."},
    {T::signature_mismatch, 403, "SignatureDoesNotMatch",
     "The request signature we calculated does not match the signature you provided. Check your key and "
     "signing "
     "method."},
    {T::clock_skewed, 403, "RequestTimeTooSkewed",
     "The difference between the request time and the current time is too large."},
    {T::url_expired, 403, "AccessDenied", "Request has expired"},
    {T::token_missing, 403, "InvalidAccessKeyId",
     "The AWS Access Key Id you provided does not exist in our records."},
    {T::token_invalid, 400, "InvalidToken", "The provided token is malformed or otherwise invalid."},
    {T::token_expired, 400, "ExpiredToken", "The provided token has expired."},
    {T::wrong_region, 400, "AuthorizationHeaderMalformed",
     "The authorization header is malformed; the region in the credential scope is wrong."},
    {T::auth_malformed, 400, "AuthorizationHeaderMalformed", "The authorization header is malformed."},
    {T::header_not_signed, 403, "AccessDenied",
     "There were headers present in the request which were not signed"},
    {T::no_such_bucket, 404, "NoSuchBucket", "The specified bucket does not exist"},
    {T::bucket_exists, 409, "BucketAlreadyExists", "The requested bucket name is not available."},
    {T::bucket_owned, 409, "BucketAlreadyOwnedByYou",
     "Your previous request to create the named bucket succeeded and you already own it."},
    {T::bucket_not_empty, 409, "BucketNotEmpty", "The bucket you tried to delete is not empty"},
    {T::invalid_bucket_name, 400, "InvalidBucketName", "The specified bucket is not valid."},
    {T::no_such_key, 404, "NoSuchKey", "The specified key does not exist."},
    {T::invalid_key, 400, "InvalidArgument", "Object key is not valid."},
    {T::key_too_long, 400, "KeyTooLongError", "Your key is too long"},
    {T::object_exists, 412, "PreconditionFailed",
     "At least one of the pre-conditions you specified did not hold"},
    {T::metadata_too_large, 400, "MetadataTooLarge",
     "Your metadata headers exceed the maximum allowed metadata size"},
    {T::no_such_tags, 404, "NoSuchTagSet", "The TagSet does not exist"},
    {T::invalid_tag, 400, "InvalidTag", "The tag provided was not a valid tag."},
    {T::invalid_class, 400, "InvalidStorageClass", "The storage class you specified is not valid"},
    {T::archived, 403, "InvalidObjectState", "The operation is not valid for the object's storage class"},
    {T::not_archived, 403, "InvalidObjectState",
     "Restore is not allowed for the object's current storage class"},
    {T::restore_running, 409, "RestoreAlreadyInProgress", "Object restore is already in progress"},
    {T::no_such_version, 404, "NoSuchVersion", "The specified version does not exist."},
    {T::invalid_copy_source, 400, "InvalidArgument",
     "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"},
    {T::copy_too_large, 400, "InvalidRequest",
     "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120"},
    {T::no_such_upload, 404, "NoSuchUpload",
     "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
     "or "
     "completed."},
    {T::invalid_part, 400, "InvalidPart",
     "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
     "specified "
     "entity tag may not match the part's entity tag."},
    {T::invalid_part_order, 400, "InvalidPartOrder",
     "The list of parts was not in ascending order. Parts must be ordered by part number."},
    {T::part_too_small, 400, "EntityTooSmall",
     "Your proposed upload is smaller than the minimum allowed size"},
    {T::invalid_part_number, 400, "InvalidArgument",
     "Part number must be an integer between 1 and 10000, inclusive"},
    {T::bad_digest, 400, "BadDigest", "The Content-MD5 you specified did not match what we received."},
    {T::invalid_digest, 400, "InvalidDigest", "The Content-MD5 you specified was invalid."},
    {T::sha256_mismatch, 400, "XAmzContentSHA256Mismatch",
     "The provided 'x-amz-content-sha256' header does not match what was computed."},
    {T::bad_checksum, 400, "BadDigest", "The checksum you specified did not match the calculated checksum."},
    {T::invalid_checksum, 400, "InvalidRequest", "Value for x-amz-checksum header is invalid."},
    {T::incomplete_body, 400, "IncompleteBody",
     "You did not provide the number of bytes specified by the Content-Length HTTP header"},
    {T::missing_length, 411, "MissingContentLength", "You must provide the Content-Length HTTP header."},
    {T::entity_too_large, 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"},
    {T::malformed_body, 400, "MalformedXML",
     "The XML you provided was not well-formed or did not validate against our published schema"},
    {T::missing_digest, 400, "InvalidRequest", "Missing required header for this request: Content-MD5"},
    {T::bad_chunk_signature, 403, "SignatureDoesNotMatch",
     "The request signature we calculated does not match the signature you provided. Check your key and "
     "signing "
     "method."},
    {T::precondition_failed, 412, "PreconditionFailed",
     "At least one of the pre-conditions you specified did not hold"},
    {T::not_modified, 304, "NotModified", ""},
    {T::invalid_range, 416, "InvalidRange", "The requested range is not satisfiable"},
    {T::invalid_argument, 400, "InvalidArgument", "Invalid Argument"},
    {T::invalid_request, 400, "InvalidRequest", "Invalid Request"},
    {T::bad_http, 400, "BadRequest", "The request could not be understood."},
    {T::method_not_allowed, 405, "MethodNotAllowed",
     "The specified method is not allowed against this resource."},
    {T::not_implemented, 501, "NotImplemented",
     "A header or query you provided implies functionality that is not implemented"},
    {T::slow_down, 503, "SlowDown", "Please reduce your request rate."},
    {T::internal, 500, "InternalError", "We encountered an internal error. Please try again."},
};

std::string root(std::string_view name) {
  return std::string(name) + R"( xmlns="http://s3.amazonaws.com/doc/2006-03-01/")";
}

void write_owner(XmlWriter& xml, const std::string& who, std::string_view element = "Owner") {
  xml.begin(element).text("ID", who).text("DisplayName", who).end();
}

// "crc32c" -> "ChecksumCRC32C".
std::string checksum_element(std::string_view name) {
  std::string element = "Checksum";
  for (const char c : name) element += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return element;
}
std::string upper(std::string_view name) {
  return checksum_element(name).substr(8);
}

void write_checksums(XmlWriter& xml, const std::map<std::string, std::string>& checksums) {
  for (const auto& [name, value] : checksums) xml.text(checksum_element(name), value);
}

void error(const Call& call, const ErrorWord& word, const Failure& failure, Reply& reply) {
  XmlWriter xml("Error");
  xml.text("Code", word.code).text("Message", failure.message.empty() ? word.message : failure.message);
  for (const auto& [name, value] : failure.details) xml.text(name, value);
  xml.text("Resource", call.request.path).text("RequestId", call.request_id).text("HostId", "sluice");
  send_xml(xml, reply);
}

void buckets(const Call& call, const BucketsView& view, Reply& reply) {
  XmlWriter xml(root("ListAllMyBucketsResult"));
  write_owner(xml, call.owner);
  xml.begin("Buckets");
  for (const BucketView& bucket : view.buckets) {
    xml.begin("Bucket").text("Name", bucket.name).time("CreationDate", bucket.created).end();
  }
  xml.end();
  if (view.truncated) xml.text("ContinuationToken", view.next_marker);
  send_xml(xml, reply);
}

void location(const Call&, const BucketView& bucket, Reply& reply) {
  XmlWriter xml(root("LocationConstraint"));
  if (bucket.region != "us-east-1") xml.value(bucket.region);
  send_xml(xml, reply);
}

void bucket_head(const Call&, const BucketView& bucket, Reply& reply) {
  reply.headers.add("x-amz-bucket-region", bucket.region);
}

void versions(const Call& call, const ListingView& view, Reply& reply) {
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text, "/"); };
  XmlWriter xml(root("ListVersionsResult"));
  xml.text("Name", call.bucket()).text("Prefix", name(view.prefix)).text("KeyMarker", name(view.marker));
  xml.text("VersionIdMarker", call.query("version-id-marker"));
  if (view.truncated) xml.text("NextKeyMarker", name(view.next_marker)).text("NextVersionIdMarker", "null");
  xml.number("MaxKeys", view.limit).some("Delimiter", name(view.delimiter));
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.boolean("IsTruncated", view.truncated);
  for (const ObjectView& object : view.objects) {
    xml.begin("Version").text("Key", name(object.key)).text("VersionId", "null").boolean("IsLatest", true);
    xml.time("LastModified", object.modified).text("ETag", quoted_etag(*call.dialect, object.etag));
    xml.number("Size", object.size);
    xml.text("StorageClass", object.storage_class.empty() ? "STANDARD" : object.storage_class);
    write_owner(xml, call.owner);
    xml.end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixes").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

void listing(const Call& call, const ListingView& view, Reply& reply) {
  if (view.versions) return versions(call, view, reply);
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text, "/"); };
  XmlWriter xml(root("ListBucketResult"));
  xml.text("Name", call.bucket()).text("Prefix", name(view.prefix));
  if (view.v2) {
    xml.number("KeyCount", view.objects.size() + view.prefixes.size());
    xml.some("StartAfter", name(view.start_after));
    if (call.has_query("continuation-token")) xml.text("ContinuationToken", view.continuation);
    if (view.truncated) xml.text("NextContinuationToken", opaque_token(view.next_marker));
  } else {
    xml.text("Marker", name(view.marker));
    if (view.truncated && !view.delimiter.empty()) xml.text("NextMarker", name(view.next_marker));
  }
  xml.number("MaxKeys", view.limit).some("Delimiter", name(view.delimiter));
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.boolean("IsTruncated", view.truncated);
  for (const ObjectView& object : view.objects) {
    xml.begin("Contents").text("Key", name(object.key)).time("LastModified", object.modified);
    xml.text("ETag", quoted_etag(*call.dialect, object.etag)).number("Size", object.size);
    xml.text("StorageClass", object.storage_class.empty() ? "STANDARD" : object.storage_class);
    if (!view.v2 || view.owner) write_owner(xml, call.owner);
    xml.end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixes").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

void uploads(const Call& call, const UploadsView& view, Reply& reply) {
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text, "/"); };
  XmlWriter xml(root("ListMultipartUploadsResult"));
  xml.text("Bucket", call.bucket()).text("KeyMarker", name(view.key_marker));
  xml.text("UploadIdMarker", view.upload_id_marker);
  if (view.truncated) {
    xml.text("NextKeyMarker", name(view.next_key_marker))
        .text("NextUploadIdMarker", view.next_upload_id_marker);
  }
  xml.text("Prefix", name(view.prefix)).some("Delimiter", name(view.delimiter));
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.number("MaxUploads", view.limit).boolean("IsTruncated", view.truncated);
  for (const UploadView& upload : view.uploads) {
    xml.begin("Upload").text("Key", name(upload.key)).text("UploadId", upload.upload_id);
    write_owner(xml, upload.initiator, "Initiator");
    write_owner(xml, call.owner);
    xml.text("StorageClass", upload.storage_class.empty() ? "STANDARD" : upload.storage_class);
    xml.time("Initiated", upload.initiated).end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixes").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

void parts(const Call& call, const PartsView& view, Reply& reply) {
  XmlWriter xml(root("ListPartsResult"));
  xml.text("Bucket", call.bucket()).text("Key", call.key()).text("UploadId", view.upload_id);
  write_owner(xml, view.initiator, "Initiator");
  write_owner(xml, call.owner);
  xml.text("StorageClass", view.storage_class.empty() ? "STANDARD" : view.storage_class);
  xml.number("PartNumberMarker", static_cast<std::uint64_t>(view.marker));
  xml.number("NextPartNumberMarker", static_cast<std::uint64_t>(view.next_marker));
  xml.number("MaxParts", view.limit).boolean("IsTruncated", view.truncated);
  if (!view.checksum_algorithm.empty()) {
    xml.text("ChecksumAlgorithm", upper(view.checksum_algorithm)).text("ChecksumType", view.checksum_type);
  }
  for (const PartView& part : view.parts) {
    xml.begin("Part").number("PartNumber", static_cast<std::uint64_t>(part.number));
    xml.time("LastModified", part.modified).text("ETag", quoted_etag(*call.dialect, part.etag));
    xml.number("Size", part.size);
    if (const auto own = part.checksums.find(view.checksum_algorithm); own != part.checksums.end()) {
      xml.text(checksum_element(own->first), own->second);
    }
    xml.end();
  }
  send_xml(xml, reply);
}

void write_checksum_headers(const ObjectView& object, Reply& reply) {
  for (const auto& [name, value] : object.checksums) reply.headers.add("x-amz-checksum-" + name, value);
  if (!object.checksum_type.empty()) reply.headers.add("x-amz-checksum-type", object.checksum_type);
}

void created(const Call& call, const CreatedView& view, Reply& reply) {
  if (const std::string algorithm = call.vendor("checksum-algorithm"); !algorithm.empty()) {
    reply.headers.add("x-amz-checksum-algorithm", algorithm);
  }
  XmlWriter xml(root("InitiateMultipartUploadResult"));
  xml.text("Bucket", call.bucket()).text("Key", call.key()).text("UploadId", view.upload_id);
  send_xml(xml, reply);
}

void stored(const Call& call, const StoredView& view, Reply& reply) {
  write_stored_headers(call, view, reply);
  write_checksum_headers(view.object, reply);
}

void completed(const Call& call, const CompletedView& view, Reply& reply) {
  XmlWriter xml(root("CompleteMultipartUploadResult"));
  xml.text("Location", view.location).text("Bucket", call.bucket()).text("Key", call.key());
  xml.text("ETag", quoted_etag(*call.dialect, view.object.etag));
  write_checksums(xml, view.object.checksums);
  xml.some("ChecksumType", view.object.checksum_type);
  send_xml(xml, reply);
}

void copied(const Call& call, const CopiedView& view, Reply& reply) {
  XmlWriter xml(root(view.part ? "CopyPartResult" : "CopyObjectResult"));
  xml.text("ETag", quoted_etag(*call.dialect, view.object.etag)).time("LastModified", view.object.modified);
  write_checksums(xml, view.object.checksums);
  xml.some("ChecksumType", view.object.checksum_type);
  send_xml(xml, reply);
}

void deleted(const Call& call, const DeletedView& view, Reply& reply) {
  XmlWriter xml(root("DeleteResult"));
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
  if (!object.tags.empty()) reply.headers.add("x-amz-tagging-count", std::to_string(object.tags.size()));
  if (call.vendor("checksum-mode") == "ENABLED") write_checksum_headers(object, reply);
}

// What x-amz-object-attributes names; the ETag is bare here.
void attributes(const Call& call, const ObjectView& object, Reply& reply) {
  const std::string wanted = call.vendor("object-attributes");
  const auto wants = [&](std::string_view name) { return wanted.find(name) != std::string::npos; };
  XmlWriter xml(root("GetObjectAttributesResponse"));
  if (wants("ETag")) xml.text("ETag", object.etag);
  if (wants("Checksum") && !object.checksums.empty()) {
    xml.begin("Checksum");
    write_checksums(xml, object.checksums);
    xml.some("ChecksumType", object.checksum_type).end();
  }
  if (wants("ObjectParts") && object.parts > 0)
    xml.begin("ObjectParts").number("PartsCount", object.parts).end();
  if (wants("StorageClass"))
    xml.text("StorageClass", object.storage_class.empty() ? "STANDARD" : object.storage_class);
  if (wants("ObjectSize")) xml.number("ObjectSize", object.size);
  send_xml(xml, reply);
  reply.headers.add("Last-Modified", http_time(object.modified));
}

void acl(const Call& call, const AclView& view, Reply& reply) {
  XmlWriter xml(root("AccessControlPolicy"));
  write_owner(xml, call.owner);
  write_grants(xml, call, view, call.owner, "http://acs.amazonaws.com/groups/global/");
  send_xml(xml, reply);
}

void versioning(const Call&, Reply& reply) {
  XmlWriter xml(root("VersioningConfiguration"));
  send_xml(xml, reply);
}

// s3.<region>.amazonaws.com and its many spellings, with or without a bucket in front; TOS speaks S3
// under tos-s3-<region>.
std::optional<HostMatch> public_host(std::string_view host) {
  for (const std::string_view suffix : {".volces.com", ".ivolces.com"}) {
    if (!host.ends_with(suffix)) continue;
    const auto labels = host.substr(0, host.size() - suffix.size());
    if (labels.starts_with("tos-s3-")) return HostMatch{};
    const auto service = labels.find(".tos-s3-");
    if (service != std::string_view::npos) return HostMatch{std::string(labels.substr(0, service))};
  }
  for (const std::string_view suffix : {".amazonaws.com", ".amazonaws.com.cn"}) {
    if (!host.ends_with(suffix)) continue;
    const auto labels = host.substr(0, host.size() - suffix.size());
    // From the right, the first label that names the service ends the bucket, which may hold dots.
    for (auto end = labels.size();;) {
      const auto dot = end == 0 ? std::string_view::npos : labels.rfind('.', end - 1);
      const auto begin = dot == std::string_view::npos ? 0 : dot + 1;
      const auto label = labels.substr(begin, end - begin);
      if (label == "s3" || label.starts_with("s3-")) {
        return HostMatch{std::string(labels.substr(0, begin == 0 ? 0 : begin - 1))};
      }
      if (begin == 0) break;
      end = begin - 1;
    }
  }
  return {};
}

constexpr std::string_view kAcls[] = {
    "private",       "public-read",       "public-read-write",         "authenticated-read",
    "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"};
constexpr std::string_view kClasses[] = {
    "STANDARD",     "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
    "DEEP_ARCHIVE", "GLACIER_IR",         "OUTPOSTS",    "SNOW",       "EXPRESS_ONEZONE"};
constexpr std::string_view kArchives[] = {"GLACIER", "DEEP_ARCHIVE"};

}  // namespace

const Dialect kS3 = {
    .name = "s3",
    .prefix = "x-amz-",
    .region = "us-east-1",
    .plain_type = "binary/octet-stream",
    .bucket_acls = kAcls,
    .object_acls = kAcls,
    .classes = kClasses,
    .archive_classes = kArchives,
    .words = {.buckets_limit = "max-buckets",
              .buckets_marker = "continuation-token",
              .region_query = "bucket-region",
              .crc64 = "",
              .second_id = "id-2"},
    .limits = {.buckets_page = 10'000},
    .rules = {.bucket_dots = true,
              .checksums = true,
              .copy_needs_change = true,
              .needs_length = true,
              .complete_repeats = true,
              .objects_inherit_acl = false,  // what a public bucket holds is private all the same
              .write_conditions = true},
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
               .stored = stored,
               .completed = completed,
               .copied = copied,
               .deleted = deleted,
               .object_head = object_head,
               .attributes = attributes,
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
