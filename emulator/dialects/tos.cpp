// Volcengine TOS: S3's verbs, JSON bodies, x-tos- headers in lower case (its SDKs read them by that
// spelling), CRC64 on nearly every answer. Buckets are flat (fns); versions and fetches are known and
// refused.
#include <array>

#include "emulator/dialect.h"
#include "emulator/dialects/tos_json.h"

namespace sluice::emulator {
namespace {

using enum Operation;
using enum Level;

constexpr Route kRoutes[] = {
    {"GET", service, "", "", list_buckets},

    {"GET", bucket, "location", "", bucket_location},
    {"GET", bucket, "bucketInfo", "", bucket_info},
    {"GET", bucket, "acl", "", get_bucket_acl},
    {"PUT", bucket, "acl", "", put_bucket_acl},
    {"GET", bucket, "tagging", "", get_bucket_tags},
    {"PUT", bucket, "tagging", "", put_bucket_tags},
    {"DELETE", bucket, "tagging", "", delete_bucket_tags, 204},
    {"GET", bucket, "versioning", "", get_versioning},
    {"GET", bucket, "uploads", "", list_uploads},
    {"POST", bucket, "delete", "", delete_objects},
    {"POST", bucket, "", "", refuse},
    {"GET", bucket, "versions", "", refuse},
    // Whatever else hangs on a bucket must not be taken for the bucket itself.
    {"GET", bucket, "cors", "", refuse},
    {"PUT", bucket, "cors", "", refuse},
    {"DELETE", bucket, "cors", "", refuse},
    {"GET", bucket, "policy", "", refuse},
    {"PUT", bucket, "policy", "", refuse},
    {"DELETE", bucket, "policy", "", refuse},
    {"GET", bucket, "lifecycle", "", refuse},
    {"PUT", bucket, "lifecycle", "", refuse},
    {"DELETE", bucket, "lifecycle", "", refuse},
    {"GET", bucket, "encryption", "", refuse},
    {"PUT", bucket, "encryption", "", refuse},
    {"DELETE", bucket, "encryption", "", refuse},
    {"PUT", bucket, "versioning", "", refuse},
    {"PUT", bucket, "storageClass", "", put_bucket_class},
    {"GET", bucket, "rename", "", get_bucket_rename},
    {"PUT", bucket, "rename", "", put_bucket_rename},
    {"DELETE", bucket, "rename", "", delete_bucket_rename, 204},
    {"GET", bucket, "list-type", "", list_objects_v2},
    {"GET", bucket, "", "", list_objects},
    {"PUT", bucket, "", "", create_bucket},
    {"HEAD", bucket, "", "", head_bucket},
    {"DELETE", bucket, "", "", delete_bucket, 204},

    {"PUT", object, "partNumber uploadId", "copy-source", copy_part},
    {"PUT", object, "partNumber uploadId", "", put_part},
    {"GET", object, "uploadId", "", list_parts},
    {"POST", object, "uploadId", "", complete_upload},
    {"DELETE", object, "uploadId", "", abort_upload, 204},
    {"POST", object, "uploads", "", create_upload},
    {"POST", object, "append", "", append_object},
    {"POST", object, "metadata", "", set_metadata},
    {"POST", object, "restore", "", restore_object, 202},
    {"POST", object, "", "", refuse},  // modify, fetch, objectExpires
    {"GET", object, "acl", "", get_object_acl},
    {"PUT", object, "acl", "", put_object_acl},
    {"GET", object, "tagging", "", get_object_tags},
    {"PUT", object, "tagging", "", put_object_tags},
    {"DELETE", object, "tagging", "", delete_object_tags, 204},
    {"GET", object, "symlink", "", get_symlink},
    {"PUT", object, "symlink", "", put_symlink},
    {"GET", object, "stat", "", refuse},
    {"PUT", object, "rename", "", rename_object, 204},
    {"PUT", object, "", "copy-source", copy_object},
    {"PUT", object, "", "", put_object},
    {"GET", object, "", "", get_object},
    {"HEAD", object, "", "", head_object},
    {"DELETE", object, "", "", delete_object, 204},
};

constexpr ErrorWord kErrors[] = {
    {Trouble::access_denied, 403, "AccessDenied", "Access denied."},
    {Trouble::unknown_key, 403, "InvalidAccessKeyId", "The access key id does not exist."},
    {Trouble::signature_mismatch, 403, "SignatureDoesNotMatch",
     "The request signature does not match the one calculated here. Check the secret and the method."},
    {Trouble::clock_skewed, 403, "RequestTimeTooSkewed",
     "The difference between the request time and the server's time is too large."},
    {Trouble::url_expired, 403, "AccessDenied", "The request has expired."},
    {Trouble::token_missing, 403, "InvalidSecurityToken", "The security token is missing."},
    {Trouble::token_invalid, 403, "InvalidSecurityToken", "The security token is missing or wrong."},
    {Trouble::token_expired, 403, "ExpiredToken", "The security token has expired."},
    {Trouble::wrong_region, 400, "AuthorizationHeaderMalformed",
     "The region or service of the credential scope is not this store's."},
    {Trouble::auth_malformed, 400, "AuthorizationHeaderMalformed", "The authorization cannot be parsed."},
    {Trouble::header_not_signed, 403, "AccessDenied", "There is an x-tos header that is not signed."},

    {Trouble::no_such_bucket, 404, "NoSuchBucket", "The specified bucket does not exist."},
    {Trouble::bucket_exists, 409, "BucketAlreadyExists", "The bucket name is taken."},
    {Trouble::bucket_owned, 409, "BucketAlreadyOwnedByYou", "The bucket exists already and is yours."},
    {Trouble::bucket_not_empty, 409, "BucketNotEmpty", "The bucket is not empty."},
    {Trouble::invalid_bucket_name, 400, "InvalidBucketName", "The bucket name is not valid."},

    {Trouble::no_such_key, 404, "NoSuchKey", "The specified key does not exist."},
    {Trouble::invalid_key, 400, "InvalidKey", "The object key is not valid."},
    {Trouble::key_too_long, 400, "KeyTooLong", "The object key is longer than 1024 bytes."},
    {Trouble::object_exists, 409, "DuplicateObject", "The object exists, and overwriting is forbidden."},
    {Trouble::not_appendable, 409, "NotAppendable", "The object is not appendable."},
    {Trouble::wrong_position, 409, "OffsetNotMatched", "The offset is not the length of the object."},
    {Trouble::metadata_too_large, 400, "UserDataTooLong", "The user metadata are larger than 2 KiB."},
    {Trouble::no_such_tags, 404, "NoSuchTagSet", "There are no tags."},
    {Trouble::invalid_tag, 400, "InvalidArgument", "The tags are too many, too long, or empty."},
    {Trouble::invalid_class, 400, "InvalidArgument", "The storage class is not known."},
    {Trouble::no_symlink_target, 404, "NoSuchKey", "The target of the symbolic link does not exist."},
    {Trouble::invalid_symlink_target, 400, "InvalidRequest", "The target is a symbolic link itself."},
    {Trouble::not_a_symlink, 400, "InvalidRequest", "The object is no symbolic link."},
    {Trouble::archived, 403, "ObjectNotRestored", "The object must be restored before it is read."},
    {Trouble::not_archived, 400, "InvalidRequest", "Only archived objects are restored."},
    {Trouble::restore_running, 409, "RestoreAlreadyInProgress", "The object is being restored."},
    {Trouble::no_such_version, 404, "NoSuchVersion", "The specified version does not exist."},
    {Trouble::invalid_copy_source, 400, "InvalidArgument", "The copy source is not valid."},
    {Trouble::copy_too_large, 400, "EntityTooLarge", "The source is larger than one copy may be."},

    {Trouble::no_such_upload, 404, "NoSuchUpload", "The specified upload does not exist."},
    {Trouble::invalid_part, 400, "InvalidPart", "A named part is missing or has another ETag."},
    {Trouble::invalid_part_order, 400, "InvalidPartOrder", "The parts are not in order."},
    {Trouble::part_too_small, 400, "EntityTooSmall", "A part that is not the last is too small."},
    {Trouble::invalid_part_number, 400, "InvalidPartNumber", "Part numbers are 1 to 10000."},

    {Trouble::bad_digest, 400, "BadDigest", "The Content-MD5 is not that of the body."},
    {Trouble::invalid_digest, 400, "InvalidDigest", "The Content-MD5 is not valid."},
    {Trouble::sha256_mismatch, 400, "ContentSHA256Mismatch",
     "The x-tos-content-sha256 is not that of the body."},
    {Trouble::bad_checksum, 400, "BadDigest", "The checksum is not that of the body."},
    {Trouble::invalid_checksum, 400, "InvalidDigest", "The checksum is not valid."},
    {Trouble::incomplete_body, 400, "InvalidRequest", "The body is shorter than announced."},
    {Trouble::missing_length, 411, "MissingContentLength", "The Content-Length is missing."},
    {Trouble::entity_too_large, 400, "EntityTooLarge", "The body is larger than the limit."},
    {Trouble::malformed_body, 400, "MalformedBody", "The body is malformed."},
    {Trouble::missing_digest, 400, "InvalidRequest", "The Content-MD5 is missing."},
    {Trouble::bad_chunk_signature, 403, "SignatureDoesNotMatch", "The signature of a chunk does not match."},

    {Trouble::not_modified, 304, "NotModified", "Not modified."},
    {Trouble::precondition_failed, 412, "PreconditionFailed", "A precondition does not hold."},
    {Trouble::invalid_range, 416, "InvalidRange", "The range cannot be satisfied."},

    {Trouble::invalid_argument, 400, "InvalidArgument", "An argument is not valid."},
    {Trouble::invalid_request, 400, "InvalidRequest", "The request is not valid."},
    {Trouble::bad_http, 400, "InvalidRequest", "The request cannot be parsed."},
    {Trouble::method_not_allowed, 405, "MethodNotAllowed", "The method is not allowed on this resource."},
    {Trouble::not_implemented, 501, "UnImplemented", "This store does not offer that."},
    {Trouble::slow_down, 503, "ServiceUnavailable", "Please reduce your request rate."},
    {Trouble::internal, 500, "InternalError", "The server met an internal error."},
};

// <bucket>.tos-<region>.volces.com; also .ivolces.com and .bytepluses.com. The S3-compatible family
// (tos-s3-<region>) speaks another protocol and is none of ours.
std::optional<HostMatch> public_host(std::string_view host) {
  constexpr std::array<std::string_view, 3> kDomains = {".volces.com", ".ivolces.com", ".bytepluses.com"};
  for (const std::string_view domain : kDomains) {
    if (!host.ends_with(domain)) continue;
    const std::string_view labels = host.substr(0, host.size() - domain.size());
    const auto dot = labels.rfind('.');
    const std::string_view service = dot == std::string_view::npos ? labels : labels.substr(dot + 1);
    if (!service.starts_with("tos-") || service.starts_with("tos-s3-")) return {};
    return HostMatch{dot == std::string_view::npos ? std::string() : std::string(labels.substr(0, dot))};
  }
  return {};
}

constexpr std::string_view kBucketAcls[] = {"private",           "public-read",
                                            "public-read-write", "authenticated-read",
                                            "bucket-owner-read", "bucket-owner-full-control",
                                            "log-delivery-write"};
constexpr std::string_view kObjectAcls[] = {"default",
                                            "private",
                                            "public-read",
                                            "public-read-write",
                                            "authenticated-read",
                                            "bucket-owner-read",
                                            "bucket-owner-full-control",
                                            "bucket-owner-entrusted"};
constexpr std::string_view kClasses[] = {"STANDARD", "IA",           "INTELLIGENT_TIERING", "ARCHIVE_FR",
                                         "ARCHIVE",  "COLD_ARCHIVE", "DEEP_COLD_ARCHIVE"};
// ARCHIVE_FR is read at once.
constexpr std::string_view kArchives[] = {"ARCHIVE", "COLD_ARCHIVE", "DEEP_COLD_ARCHIVE"};

}  // namespace

const Dialect kTos = {
    .name = "tos",
    .prefix = "x-tos-",
    .region = "cn-beijing",
    .bucket_acls = kBucketAcls,
    .object_acls = kObjectAcls,
    .classes = kClasses,
    .archive_classes = kArchives,
    .words = {.position = "offset",
              .symlink_bucket = "symlink-bucket",
              .write_if_match = "if-match",
              .next_position = "next-append-offset",
              .second_id = "id-2"},
    .limits = {.object_max = 53'687'091'200'000ull},  // 10,000 parts of 5 GiB: "48.8 TiB"
    .rules = {.slash_keys = false,                    // refused by the service, though its SDKs let them pass
              .backslash_keys = false,
              .sort_parts = true,        // the Go SDK completes in the order in which parts finished
              .copy_source_form = true,  // the Go SDK writes copy sources as form values
              .uploads_hold_bucket = true},
    .routes = kRoutes,
    .errors = kErrors,
    .shapes = tos::shapes(),
    .public_host = public_host,
};

}  // namespace sluice::emulator
