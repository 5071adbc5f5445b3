// Alibaba Cloud OSS. XML without a namespace (its oldest SDK cannot read one); upper-case ETags; a CRC
// everywhere; append; parts of 100 KB.
#include "emulator/dialects/xml.h"
#include "signers/digest.h"

namespace sluice::emulator {
namespace {

using Op = Operation;
constexpr Level kService = Level::service, kBucket = Level::bucket, kObject = Level::object;

constexpr Route kRoutes[] = {
    {"GET", kService, "regions", "", Op::refuse},
    {"GET", kService, "", "", Op::list_buckets},
    {"GET", kBucket, "location", "", Op::bucket_location},
    {"GET", kBucket, "bucketInfo", "", Op::bucket_info},
    {"GET", kBucket, "stat", "", Op::bucket_stat},
    {"GET", kBucket, "acl", "", Op::get_bucket_acl},
    {"PUT", kBucket, "acl", "", Op::put_bucket_acl},
    {"GET", kBucket, "tagging", "", Op::get_bucket_tags},
    {"PUT", kBucket, "tagging", "", Op::put_bucket_tags},
    {"DELETE", kBucket, "tagging", "", Op::delete_bucket_tags, 204},
    {"GET", kBucket, "versioning", "", Op::get_versioning},
    {"GET", kBucket, "uploads", "", Op::list_uploads},
    {"GET", kBucket, "versions", "", Op::refuse},
    {"GET", kBucket, "lifecycle", "", Op::refuse},
    {"GET", kBucket, "cors", "", Op::refuse},
    {"PUT", kBucket, "versioning", "", Op::refuse},
    {"POST", kBucket, "delete", "", Op::delete_objects},
    {"GET", kBucket, "list-type", "", Op::list_objects_v2},
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
    {T::access_denied, 403, "AccessDenied", "You have no right to access this object because of bucket acl."},
    {T::unknown_key, 403, "InvalidAccessKeyId",
     "The OSS Access Key Id you provided does not exist in our records."},
    {T::signature_mismatch, 403, "SignatureDoesNotMatch",
     "The request signature we calculated does not match the signature you provided. Check your key and "
     "signing "
     "method."},
    {T::clock_skewed, 403, "RequestTimeTooSkewed",
     "The difference between the request time and the current time is too large."},
    {T::url_expired, 403, "AccessDenied", "Request has expired."},
    {T::token_missing, 403, "InvalidAccessKeyId",
     "The OSS Access Key Id you provided does not exist in our records."},
    {T::token_invalid, 403, "InvalidSecurityToken", "The security token you provided is invalid."},
    {T::token_expired, 403, "SecurityTokenExpired", "The security token you provided has expired."},
    {T::wrong_region, 400, "InvalidArgument", "Invalid signing region in Authorization header."},
    {T::auth_malformed, 400, "InvalidArgument", "Authorization header is invalid."},
    {T::header_not_signed, 403, "SignatureDoesNotMatch", "A header that must be signed is not."},
    {T::no_such_bucket, 404, "NoSuchBucket", "The specified bucket does not exist."},
    {T::bucket_exists, 409, "BucketAlreadyExists",
     "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
     "Please "
     "select a different name and try again."},
    {T::bucket_owned, 409, "BucketAlreadyExists", "The bucket you tried to create already exists."},
    {T::bucket_not_empty, 409, "BucketNotEmpty", "The bucket has objects. Please delete them first."},
    {T::invalid_bucket_name, 400, "InvalidBucketName", "The specified bucket is not valid."},
    {T::no_such_key, 404, "NoSuchKey", "The specified key does not exist."},
    {T::invalid_key, 400, "InvalidObjectName", "The specified object is not valid."},
    {T::key_too_long, 400, "InvalidObjectName", "The length of object name must be less than 1024."},
    {T::object_exists, 409, "FileAlreadyExists",
     "The object you specified already exists and can not be overwritten."},
    {T::not_appendable, 409, "ObjectNotAppendable", "The object is not appendable"},
    {T::wrong_position, 409, "PositionNotEqualToLength", "Position is not equal to file length"},
    {T::metadata_too_large, 400, "InvalidArgument", "The total size of user metadata exceeds 8 KB."},
    {T::invalid_tag, 400, "InvalidTag", "The tags are too many, too long, or empty."},
    {T::invalid_class, 400, "InvalidArgument", "No such storage class is supported."},
    {T::no_such_version, 404, "NoSuchVersion", "The specified version does not exist."},
    {T::no_symlink_target, 404, "SymlinkTargetNotExist", "The symlink target object does not exist"},
    {T::invalid_symlink_target, 400, "InvalidTargetType", "The symlink's target object type is invalid"},
    {T::not_a_symlink, 400, "NotSymlink", "The object is not symlink"},
    {T::archived, 403, "InvalidObjectState", "The operation is not valid for the object's state"},
    {T::not_archived, 400, "OperationNotSupported", "The operation is not supported for this resource"},
    {T::restore_running, 409, "RestoreAlreadyInProgress", "The restore operation is in progress."},
    {T::invalid_copy_source, 400, "InvalidArgument", "Copy Source must mention the source bucket and key."},
    {T::copy_too_large, 400, "InvalidArgument", "The object is too large for a copy in one request."},
    {T::no_such_upload, 404, "NoSuchUpload",
     "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
     "or "
     "completed."},
    {T::invalid_part, 400, "InvalidPart",
     "One or more of the specified parts could not be found or the specified entity tag might not have "
     "matched the "
     "part's entity tag."},
    {T::invalid_part_order, 400, "InvalidPartOrder",
     "The list of parts was not in ascending order. Parts list must specified in order by part number."},
    {T::part_too_small, 400, "EntityTooSmall",
     "Your proposed upload smaller than the minimum allowed object size."},
    {T::invalid_part_number, 400, "InvalidArgument",
     "Part number must be an integer between 1 and 10000, inclusive."},
    {T::bad_digest, 400, "InvalidDigest", "The Content-MD5 you specified did not match what we received."},
    {T::invalid_digest, 400, "InvalidDigest", "The Content-MD5 you specified was invalid."},
    {T::incomplete_body, 400, "IncompleteBody",
     "You did not provide the number of bytes specified by the Content-Length HTTP header."},
    {T::missing_length, 411, "MissingContentLength", "You must provide the Content-Length HTTP header."},
    {T::entity_too_large, 400, "EntityTooLarge",
     "Your proposed upload exceeds the maximum allowed object size."},
    {T::malformed_body, 400, "MalformedXML",
     "The XML you provided was not well-formed or did not validate against our published schema."},
    {T::missing_digest, 400, "MissingArgument", "Missing Some Required Arguments."},
    {T::precondition_failed, 412, "PreconditionFailed",
     "At least one of the pre-conditions you specified did not hold."},
    {T::not_modified, 304, "NotModified", ""},
    {T::invalid_range, 416, "InvalidRange", "The requested range cannot be satisfied"},
    {T::invalid_argument, 400, "InvalidArgument", "Invalid Argument."},
    {T::invalid_request, 400, "InvalidRequest", "Invalid Request."},
    {T::bad_http, 400, "BadRequest", "The request could not be understood."},
    {T::method_not_allowed, 405, "MethodNotAllowed",
     "The specified method is not allowed against this resource."},
    {T::not_implemented, 501, "NotImplemented", "A header or query you provided is not implemented."},
    {T::slow_down, 503, "QpsLimitExceeded", "Your request rate is too high."},
    {T::internal, 500, "InternalError", "Please contact the server administrator."},
};

std::string extranet(const std::string& region) {
  return "oss-" + region + ".aliyuncs.com";
}
std::string intranet(const std::string& region) {
  return "oss-" + region + "-internal.aliyuncs.com";
}

void write_owner(XmlWriter& xml, const Call& call) {
  xml.begin("Owner").text("ID", call.owner).text("DisplayName", call.owner).end();
}

// HEAD has no body: the error travels in a header.
void error(const Call& call, const ErrorWord& word, const Failure& failure, Reply& reply) {
  XmlWriter xml("Error");
  xml.text("Code", word.code).text("Message", failure.message.empty() ? word.message : failure.message);
  xml.text("RequestId", call.request_id).text("HostId", call.header("Host"));
  for (const auto& [name, value] : failure.details) {
    xml.text(name == "AWSAccessKeyId" ? "OSSAccessKeyId" : name, value);
  }
  send_xml(xml, reply);
  if (call.request.method == "HEAD") reply.headers.add("x-oss-err", signers::base64(reply.body));
}

std::string_view class_of(const BucketView& bucket) {
  const std::string_view own = bucket.traits.storage_class;
  return own.empty() ? "Standard" : own;
}

void buckets(const Call& call, const BucketsView& view, Reply& reply) {
  XmlWriter xml("ListAllMyBucketsResult");
  xml.text("Prefix", view.prefix).text("Marker", view.marker).number("MaxKeys", view.limit);
  xml.boolean("IsTruncated", view.truncated);
  if (view.truncated) xml.text("NextMarker", view.next_marker);
  write_owner(xml, call);
  xml.begin("Buckets");
  for (const BucketView& bucket : view.buckets) {
    xml.begin("Bucket").time("CreationDate", bucket.created);
    xml.text("ExtranetEndpoint", extranet(bucket.region)).text("IntranetEndpoint", intranet(bucket.region));
    xml.text("Location", "oss-" + bucket.region).text("Name", bucket.name).text("Region", bucket.region);
    xml.text("StorageClass", class_of(bucket)).end();
  }
  xml.end();
  send_xml(xml, reply);
}

void location(const Call&, const BucketView& bucket, Reply& reply) {
  XmlWriter xml("LocationConstraint");
  xml.value("oss-" + bucket.region);
  send_xml(xml, reply);
}

void bucket_info(const Call& call, const BucketView& bucket, XmlWriter& xml) {
  xml.begin("Bucket")
      .text("AccessMonitor", "Disabled")
      .text("Comment", "")
      .time("CreationDate", bucket.created);
  xml.text("CrossRegionReplication", "Disabled")
      .text("DataRedundancyType", bucket.traits.redundancy.empty() ? "LRS" : bucket.traits.redundancy);
  xml.text("ExtranetEndpoint", extranet(bucket.region)).text("IntranetEndpoint", intranet(bucket.region));
  xml.text("Location", "oss-" + bucket.region).text("Name", bucket.name).text("ResourceGroupId", "");
  xml.text("StorageClass", class_of(bucket)).text("TransferAcceleration", "Disabled");
  write_owner(xml, call);
  xml.begin("AccessControlList").text("Grant", bucket.traits.acl.canned).end();
  xml.begin("ServerSideEncryptionRule").text("SSEAlgorithm", "None").end();
  xml.begin("BucketPolicy").text("LogBucket", "").text("LogPrefix", "").end().end();
}

void stat(const Call& call, const StatView& view, Reply& reply) {
  const bool info = call.route->operation == Op::bucket_info;
  XmlWriter xml(info ? "BucketInfo" : "BucketStat");
  if (info) {
    bucket_info(call, view.bucket, xml);
  } else {
    xml.number("Storage", view.bytes).number("ObjectCount", view.objects);
    xml.number("MultipartUploadCount", view.uploads).number("LiveChannelCount", 0);
    xml.text("LastModifiedTime", "0").number("StandardStorage", view.bytes);
    xml.number("StandardObjectCount", view.objects);
    for (const char* name :
         {"InfrequentAccessStorage", "InfrequentAccessRealStorage", "InfrequentAccessObjectCount",
          "ArchiveStorage", "ArchiveRealStorage", "ArchiveObjectCount", "ColdArchiveStorage",
          "ColdArchiveRealStorage", "ColdArchiveObjectCount"}) {
      xml.number(name, 0);
    }
  }
  send_xml(xml, reply);
}

void listing(const Call& call, const ListingView& view, Reply& reply) {
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text); };
  XmlWriter xml("ListBucketResult");
  xml.text("Name", call.bucket()).text("Prefix", name(view.prefix));
  if (view.v2) {
    xml.some("StartAfter", name(view.start_after)).some("ContinuationToken", view.continuation);
    if (view.truncated) xml.text("NextContinuationToken", opaque_token(view.next_marker));
    xml.number("KeyCount", view.objects.size() + view.prefixes.size());
  } else {
    xml.text("Marker", name(view.marker));
    if (view.truncated) xml.text("NextMarker", name(view.next_marker));
  }
  xml.number("MaxKeys", view.limit).text("Delimiter", name(view.delimiter));
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.boolean("IsTruncated", view.truncated);
  for (const ObjectView& object : view.objects) {
    xml.begin("Contents").text("Key", name(object.key)).time("LastModified", object.modified);
    xml.text("ETag", quoted_etag(*call.dialect, object.etag))
        .text("Type", object.type)
        .number("Size", object.size);
    xml.text("StorageClass", object.storage_class.empty() ? "Standard" : object.storage_class);
    if (!view.v2 || view.owner) write_owner(xml, call);
    xml.end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixes").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

// The old Python SDK wants the three Next markers always.
void uploads(const Call& call, const UploadsView& view, Reply& reply) {
  const auto name = [&](std::string_view text) { return listed_name(view.url_encoded, text); };
  XmlWriter xml("ListMultipartUploadsResult");
  xml.text("Bucket", call.bucket());
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.text("KeyMarker", name(view.key_marker)).text("UploadIdMarker", view.upload_id_marker);
  xml.text("NextKeyMarker", name(view.next_key_marker))
      .text("NextUploadIdMarker", view.next_upload_id_marker);
  xml.text("Prefix", name(view.prefix)).text("Delimiter", name(view.delimiter));
  xml.number("MaxUploads", view.limit).boolean("IsTruncated", view.truncated);
  for (const UploadView& upload : view.uploads) {
    xml.begin("Upload").text("Key", name(upload.key)).text("UploadId", upload.upload_id);
    xml.text("StorageClass", upload.storage_class.empty() ? "Standard" : upload.storage_class);
    xml.time("Initiated", upload.initiated).end();
  }
  for (const std::string& prefix : view.prefixes)
    xml.begin("CommonPrefixes").text("Prefix", name(prefix)).end();
  send_xml(xml, reply);
}

void parts(const Call& call, const PartsView& view, Reply& reply) {
  XmlWriter xml("ListPartsResult");
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.text("Bucket", call.bucket()).text("Key", listed_name(view.url_encoded, call.key()));
  xml.text("UploadId", view.upload_id);
  xml.text("StorageClass", view.storage_class.empty() ? "Standard" : view.storage_class);
  xml.number("PartNumberMarker", static_cast<std::uint64_t>(view.marker));
  xml.number("NextPartNumberMarker", static_cast<std::uint64_t>(view.next_marker));
  xml.number("MaxParts", view.limit).boolean("IsTruncated", view.truncated);
  for (const PartView& part : view.parts) {
    xml.begin("Part").number("PartNumber", static_cast<std::uint64_t>(part.number));
    xml.time("LastModified", part.modified).text("ETag", quoted_etag(*call.dialect, part.etag));
    if (part.crc64) xml.number("HashCrc64ecma", *part.crc64);
    xml.number("Size", part.size).end();
  }
  send_xml(xml, reply);
}

void created(const Call& call, const CreatedView& view, Reply& reply) {
  XmlWriter xml("InitiateMultipartUploadResult");
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.text("Bucket", call.bucket()).text("Key", listed_name(view.url_encoded, call.key()));
  xml.text("UploadId", view.upload_id);
  send_xml(xml, reply);
}

void stored(const Call& call, const StoredView& view, Reply& reply) {
  write_stored_headers(call, view, reply);
  if (!view.content_md5.empty()) reply.headers.add("Content-MD5", view.content_md5);
}

void add_crc(const Call& call, const ObjectView& object, Reply& reply) {
  if (object.crc64)
    reply.headers.add("x-oss-" + std::string(call.dialect->words.crc64), std::to_string(*object.crc64));
}

void completed(const Call& call, const CompletedView& view, Reply& reply) {
  XmlWriter xml("CompleteMultipartUploadResult");
  if (view.url_encoded) xml.text("EncodingType", "url");
  xml.text("Location", view.location).text("Bucket", call.bucket());
  xml.text("Key", listed_name(view.url_encoded, call.key()));
  xml.text("ETag", quoted_etag(*call.dialect, view.object.etag));
  send_xml(xml, reply);
  add_crc(call, view.object, reply);
}

void copied(const Call& call, const CopiedView& view, Reply& reply) {
  XmlWriter xml(view.part ? "CopyPartResult" : "CopyObjectResult");
  xml.time("LastModified", view.object.modified).text("ETag", quoted_etag(*call.dialect, view.object.etag));
  send_xml(xml, reply);
  // Of a copied part oss2 reads the ETag from the header alone.
  if (view.part) reply.headers.set("ETag", quoted_etag(*call.dialect, view.object.etag));
  if (!view.part) add_crc(call, view.object, reply);
}

// Quiet: no body at all.
void deleted(const Call& call, const DeletedView& view, Reply& reply) {
  if (view.quiet && view.failed.empty()) return;
  XmlWriter xml("DeleteResult");
  if (view.url_encoded) xml.text("EncodingType", "url");
  if (!view.quiet) {
    for (const std::string& key : view.deleted) {
      xml.begin("Deleted").text("Key", listed_name(view.url_encoded, key)).end();
    }
  }
  for (const auto& [key, failure] : view.failed) {
    const ErrorWord& word = error_word(*call.dialect, failure.trouble);
    xml.begin("Error").text("Key", listed_name(view.url_encoded, key)).text("Code", word.code);
    xml.text("Message", word.message).end();
  }
  send_xml(xml, reply);
}

void object_head(const Call& call, const ObjectView& object, Reply& reply) {
  if (call.has_query("objectMeta")) {  // GetObjectMeta: the short form
    reply.headers.add("ETag", quoted_etag(*call.dialect, object.etag));
    reply.headers.add("Last-Modified", http_time(object.modified));
    return add_crc(call, object, reply);
  }
  write_object_headers(call, object, reply, "");
  if (object.storage_class.empty()) reply.headers.add("x-oss-storage-class", "Standard");
  reply.headers.add("x-oss-object-type", object.type);
  if (object.type == "Appendable")
    reply.headers.add("x-oss-next-append-position", std::to_string(object.size));
  if (!object.tags.empty()) reply.headers.add("x-oss-tagging-count", std::to_string(object.tags.size()));
}

void acl(const Call& call, const AclView& view, Reply& reply) {
  XmlWriter xml("AccessControlPolicy");
  write_owner(xml, call);
  xml.begin("AccessControlList").text("Grant", view.acl.canned).end();
  send_xml(xml, reply);
}

void versioning(const Call&, Reply& reply) {
  XmlWriter xml("VersioningConfiguration");
  send_xml(xml, reply);
}

// oss-<region>[-internal].aliyuncs.com, <region>.oss.aliyuncs.com (dual stack), oss.aliyuncs.com, the
// accelerated names; each with a bucket in front or not.
std::optional<HostMatch> public_host(std::string_view host) {
  constexpr std::string_view kSuffix = ".aliyuncs.com";
  if (!host.ends_with(kSuffix)) return {};
  const auto labels = host.substr(0, host.size() - kSuffix.size());
  const auto dot = labels.find('.');
  const auto first = labels.substr(0, dot);
  const auto rest = dot == std::string_view::npos ? std::string_view() : labels.substr(dot + 1);
  const auto service = [](std::string_view text) { return text == "oss" || text.starts_with("oss-"); };
  if (rest.empty()) return service(first) ? std::optional(HostMatch{}) : std::nullopt;
  if (rest == "oss") {
    // hangzhou's legacy name with a bucket, or a region's dual stack: regions look like cn-hangzhou.
    const bool region =
        first.size() > 3 && first[2] == '-' &&
        first.find_first_not_of("abcdefghijklmnopqrstuvwxyz-0123456789") == std::string_view::npos;
    return HostMatch{region ? std::string() : std::string(first)};
  }
  if (rest.ends_with(".oss")) return HostMatch{std::string(first)};
  if (service(rest)) return HostMatch{std::string(first)};
  return {};
}

constexpr std::string_view kBucketAcls[] = {"private", "public-read", "public-read-write"};
constexpr std::string_view kObjectAcls[] = {"default", "private", "public-read", "public-read-write"};
constexpr std::string_view kClasses[] = {"Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"};
constexpr std::string_view kArchives[] = {"Archive", "ColdArchive", "DeepColdArchive"};

}  // namespace

const Dialect kOss = {
    .name = "oss",
    .prefix = "x-oss-",
    .region = "cn-hangzhou",
    .plain_class = "Standard",
    .bucket_acls = kBucketAcls,
    .object_acls = kObjectAcls,
    .classes = kClasses,
    .archive_classes = kArchives,
    .words = {.tag_key = "tag-key", .tag_value = "tag-value", .object_acl = "object-acl"},
    .limits = {.part_min = 100 * 1024,
               .object_max = 48'800ull << 30,
               .key_max = 1023,
               .metadata_max = 8192,
               .page = 100,
               .buckets_page = 100,
               .bucket_tags = {20, 64, 128}},
    .rules = {.ranges = RangeRule::ignore_all,
              .etag_upper = true,
              .slash_keys = false,
              .backslash_keys = false,
              .too_large_limit_clamped = false,
              .appendable_copies = true,  // the copy is a normal object
              .digest_mismatch_is_invalid = true,
              .recreate_bucket = true,
              .uploads_hold_bucket = true,
              .empty_tags = true},
    .routes = kRoutes,
    .errors = kErrors,
    .shapes = {.error = error,
               .buckets = buckets,
               .location = location,
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
               .tags = write_tags_xml,
               .versioning = versioning,
               .read_complete = read_complete_xml,
               .read_delete = read_delete_xml,
               .read_tags = read_tags_xml,
               .read_create = read_create_xml,
               .read_restore = read_restore_xml},
    .public_host = public_host,
};

}  // namespace sluice::emulator
