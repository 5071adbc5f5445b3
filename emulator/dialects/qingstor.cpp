// QingStor and its OEM OIS: JSON, x-qs- headers, 201 for most writes, parts from number 0, no CRC, no
// tokens, no ACLs of objects. A multipart object's ETag is the one that Complete's ETag header gives.
#include <algorithm>
#include <array>

#include "emulator/dialect.h"
#include "emulator/dialects/qingstor_json.h"

namespace sluice::emulator {
namespace {

using enum Operation;
using enum Level;

constexpr Route kRoutes[] = {
    {"GET", service, "location", "", refuse},
    {"GET", service, "", "", list_buckets},

    {"GET", bucket, "stats", "", bucket_stat},
    {"GET", bucket, "acl", "", get_bucket_acl},
    {"PUT", bucket, "acl", "", put_bucket_acl},
    {"GET", bucket, "uploads", "", list_uploads},
    {"POST", bucket, "delete", "", delete_objects},
    {"POST", bucket, "", "", refuse},  // browser forms
    // Whatever else hangs on a bucket must not be taken for the bucket itself.
    {"GET", bucket, "cors", "", refuse},
    {"PUT", bucket, "cors", "", refuse},
    {"DELETE", bucket, "cors", "", refuse},
    {"GET", bucket, "policy", "", refuse},
    {"PUT", bucket, "policy", "", refuse},
    {"DELETE", bucket, "policy", "", refuse},
    {"GET", bucket, "mirror", "", refuse},
    {"PUT", bucket, "mirror", "", refuse},
    {"DELETE", bucket, "mirror", "", refuse},
    {"GET", bucket, "lifecycle", "", refuse},
    {"PUT", bucket, "lifecycle", "", refuse},
    {"DELETE", bucket, "lifecycle", "", refuse},
    {"GET", bucket, "logging", "", refuse},
    {"PUT", bucket, "logging", "", refuse},
    {"DELETE", bucket, "logging", "", refuse},
    {"GET", bucket, "notification", "", refuse},
    {"PUT", bucket, "notification", "", refuse},
    {"DELETE", bucket, "notification", "", refuse},
    {"GET", bucket, "replication", "", refuse},
    {"PUT", bucket, "replication", "", refuse},
    {"DELETE", bucket, "replication", "", refuse},
    {"GET", bucket, "cname", "", refuse},
    {"PUT", bucket, "cname", "", refuse},
    {"DELETE", bucket, "cname", "", refuse},
    {"GET", bucket, "", "", list_objects},
    {"PUT", bucket, "", "", create_bucket, 201},
    {"HEAD", bucket, "", "", head_bucket},
    {"DELETE", bucket, "", "", delete_bucket, 204},

    {"PUT", object, "part_number upload_id", "copy-source", copy_part, 201},
    {"PUT", object, "part_number upload_id", "", put_part, 201},
    {"GET", object, "upload_id", "", list_parts},
    {"POST", object, "upload_id", "", complete_upload, 201},
    {"DELETE", object, "upload_id", "", abort_upload, 204},
    {"POST", object, "uploads", "", create_upload},
    {"POST", object, "append", "", append_object},
    {"GET", object, "image", "", refuse},
    {"PUT", object, "", "copy-source", copy_object, 201},
    {"PUT", object, "", "move-source", move_object, 201},
    {"PUT", object, "", "fetch-source", refuse},
    {"PUT", object, "", "", put_object, 201},
    {"GET", object, "", "", get_object},
    {"HEAD", object, "", "", head_object},
    {"DELETE", object, "", "", delete_object, 204},
};

constexpr ErrorWord kErrors[] = {
    {Trouble::access_denied, 403, "permission_denied", "You have no permission to do that."},
    {Trouble::unknown_key, 401, "invalid_access_key_id", "The access key id does not exist."},
    {Trouble::signature_mismatch, 401, "signature_not_matched",
     "The signature of the request is not the one calculated here."},
    {Trouble::clock_skewed, 403, "request_expired", "The date of the request is too far from the server's."},
    {Trouble::url_expired, 403, "request_expired", "The request has expired."},
    {Trouble::token_missing, 401, "invalid_access_key_id", "Temporary keys are not known here."},
    {Trouble::token_invalid, 401, "invalid_access_key_id", "Temporary keys are not known here."},
    {Trouble::token_expired, 401, "invalid_access_key_id", "Temporary keys are not known here."},
    {Trouble::wrong_region, 400, "invalid_location", "The zone is not this store's."},
    {Trouble::auth_malformed, 400, "invalid_request", "The authorization cannot be parsed."},
    {Trouble::header_not_signed, 401, "signature_not_matched", "A header that must be signed is not."},

    {Trouble::no_such_bucket, 404, "bucket_not_exists", "The bucket you are accessing does not exist."},
    {Trouble::bucket_exists, 409, "bucket_already_exists", "The bucket name is taken."},
    {Trouble::bucket_owned, 409, "bucket_already_exists", "The bucket exists already and is yours."},
    {Trouble::bucket_not_empty, 409, "bucket_not_empty", "The bucket is not empty."},
    {Trouble::invalid_bucket_name, 400, "invalid_bucket_name", "The bucket name is not valid."},

    {Trouble::no_such_key, 404, "object_not_exists", "The object you are accessing does not exist."},
    {Trouble::invalid_key, 400, "invalid_object_name", "The object name is not valid."},
    {Trouble::key_too_long, 400, "invalid_object_name", "The object name is longer than 1023 bytes."},
    {Trouble::object_exists, 412, "precondition_failed", "The object exists already."},
    {Trouble::not_appendable, 400, "invalid_object_state", "The object is not appendable."},
    {Trouble::wrong_position, 400, "invalid_argument", "The position is not the size of the object."},
    {Trouble::metadata_too_large, 400, "metadata_too_large", "The metadata are larger than 2 KB."},
    {Trouble::no_such_tags, 404, "object_not_exists", "There are no tags."},
    {Trouble::invalid_class, 400, "invalid_argument", "The storage class is not known."},
    {Trouble::no_such_version, 404, "object_not_exists", "The version does not exist."},
    {Trouble::invalid_copy_source, 400, "invalid_argument", "The copy source is not valid."},
    {Trouble::copy_too_large, 400, "entity_too_large", "The source is larger than one copy may be."},

    // The vendor's error page says 400, where others say 404.
    {Trouble::no_such_upload, 400, "upload_not_exists", "The multipart upload does not exist."},
    {Trouble::invalid_part, 400, "invalid_argument", "A named part was not uploaded or has another etag."},
    {Trouble::invalid_part_order, 400, "invalid_argument", "The parts are not in order."},
    {Trouble::part_too_small, 400, "entity_too_small", "A part that is not the last is under 4 MB."},
    {Trouble::invalid_part_number, 400, "invalid_argument", "Part numbers are 0 to 9999."},

    {Trouble::bad_digest, 400, "bad_digest", "The Content-MD5 is not that of the body."},
    {Trouble::invalid_digest, 400, "bad_digest", "The Content-MD5 is not valid."},
    {Trouble::sha256_mismatch, 400, "bad_digest", "The digest is not that of the body."},
    {Trouble::bad_checksum, 400, "bad_digest", "The checksum is not that of the body."},
    {Trouble::invalid_checksum, 400, "bad_digest", "The checksum is not valid."},
    {Trouble::incomplete_body, 400, "incomplete_body", "The body is shorter than announced."},
    {Trouble::missing_length, 400, "invalid_request", "The Content-Length is missing."},
    {Trouble::entity_too_large, 400, "entity_too_large", "The body is larger than the limit."},
    {Trouble::malformed_body, 400, "invalid_json", "The JSON document is not valid."},
    {Trouble::missing_digest, 400, "invalid_request", "The Content-MD5 is missing."},
    {Trouble::bad_chunk_signature, 401, "signature_not_matched", "A signature does not match."},

    {Trouble::not_modified, 304, "not_modified", "Not modified."},
    {Trouble::precondition_failed, 412, "precondition_failed", "A precondition does not hold."},
    {Trouble::invalid_range, 416, "invalid_range", "The range cannot be satisfied."},

    {Trouble::invalid_argument, 400, "invalid_argument", "An argument is not valid."},
    {Trouble::invalid_request, 400, "invalid_request", "The request is not valid."},
    {Trouble::bad_http, 400, "invalid_request", "The request cannot be parsed."},
    {Trouble::method_not_allowed, 405, "method_not_allowed", "The method is not allowed on this resource."},
    {Trouble::not_implemented, 405, "method_not_allowed", "This store does not offer that."},
    {Trouble::slow_down, 503, "service_unavailable", "Please reduce your request rate."},
    {Trouble::internal, 500, "internal_error", "The server met an internal error."},
};

struct Domain {
  std::string_view name;
  std::size_t zone_labels;  ///< at most so many labels stand for the zone
};

// <bucket>.<zone>.qingstor.com, <zone>.qingstor.com (path style), qingstor.com. OIS shows zones of one
// and of two labels (jn1a.jn1): a first label too short for a bucket belongs to the zone.
std::optional<HostMatch> public_host(std::string_view host) {
  constexpr std::array<Domain, 2> kDomains = {{{"qingstor.com", 1}, {"is.shanhe.com", 2}}};
  constexpr std::size_t kShortestBucket = 6;
  for (const auto& [domain, zone_labels] : kDomains) {
    if (host == domain) return HostMatch{};
    if (!host.ends_with(domain) || host[host.size() - domain.size() - 1] != '.') continue;
    const std::string_view labels = host.substr(0, host.size() - domain.size() - 1);
    const auto count = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), '.')) + 1;
    const std::string_view first = labels.substr(0, labels.find('.'));
    if (count > zone_labels + 1) return {};
    if (count == 1 || first.size() < kShortestBucket) return HostMatch{};
    return HostMatch{std::string(first)};
  }
  return {};
}

constexpr std::string_view kAcls[] = {"private", "public-read", "public-read-write"};
constexpr std::string_view kClasses[] = {"STANDARD", "STANDARD_IA"};

}  // namespace

const Dialect kQingstor = {
    .name = "qs",
    .prefix = "x-qs-",
    .region = "pek3a",
    .bucket_acls = kAcls,
    .classes = kClasses,
    .words = {.limit = "limit",
              .uploads_limit = "limit",
              .parts_limit = "limit",
              .part_marker = "part_number_marker",
              .key_marker = "key_marker",
              .upload_id_marker = "upload_id_marker",
              .part_number = "part_number",
              .upload_id = "upload_id",
              .position = "position",
              .buckets_limit = "limit",
              .buckets_offset = "offset",
              .region_header = "Location",
              .copy_range = "copy-range",
              .crc64 = ""},
    .limits = {.part_min = 4ull << 20,
               .object_max = 50ull << 40,
               .part_first = 0,
               .part_last = 9'999,
               .key_max = 1023,
               .bucket_min = 6,
               .page = 200,
               .buckets_page = 200},
    .rules = {.ranges = RangeRule::refuse,
              .slash_keys = false,
              .part_etag_optional = true,
              .etag_given = true,
              .appendable_copies = true,
              .needs_length = true,
              .list_headers = true},
    .routes = kRoutes,
    .errors = kErrors,
    .shapes = qingstor::shapes(),
    .public_host = public_host,
};

}  // namespace sluice::emulator
