// QingStor and its OEM "OIS": QS HMAC-SHA256, JSON bodies, parts from 0, MD5 and nothing else.
#include "engine/dialect.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSchemes[] = {"qs", "ois", "qingstor"};
// The zone stands in front of the endpoint; the service itself answers at the bare host.
constexpr std::string_view kHosts[] = {"qingstor.com", "{region}.qingstor.com", "is.shanhe.com",
                                       "{region}.is.shanhe.com"};

constexpr Lack kLacks[] = {{Operation::list_buckets_by_tag},
                           {Operation::create_bucket_acl, "create the bucket, then set its ACL"},
                           {Operation::create_bucket_class, "give the class with each object"},
                           {Operation::create_bucket_redundancy},
                           {Operation::create_bucket_type},
                           {Operation::bucket_tags},
                           {Operation::rename_switch, "renames are always allowed"},
                           {Operation::put_acl, "its buckets have one"},
                           {Operation::object_acl, "its buckets have one"},
                           {Operation::object_grants, "its buckets have them"},
                           {Operation::put_tags},
                           {Operation::object_tags},
                           {Operation::symlink},
                           {Operation::restore},
                           {Operation::list_v2, "ask for the first version"}};

}  // namespace

const Dialect kQingStor{
    .name = "qs",
    .schemes = kSchemes,
    .vendor = "QingStor",
    .header_prefix = "x-qs-",
    .request_id_header = "x-qs-request-id",
    .trace_id_header = "",
    .wire = Wire::json,
    .integrity = Integrity::md5,
    .scheme = signers::Scheme::qingstor,
    // Of its lists' order the vendor promises nothing: mostly it is the alphabet's, and none to merge by.
    .quirks = kEmptyCompleteBody | kPartsFromZero | kRegionInHost | kPathStyle | kOpenEndedParts |
              kNoSlashFirst | kNoTokens | kLowerCaseJson | kOwnListOrder,
    .limits = {.min_part = 4ull << 20,
               .max_part = 5ull << 30,
               .max_parts = 10000,
               .first_part = 0,
               .max_put = 5'000'000'000ull,
               .max_copy = 5'000'000'000ull,
               .max_object = 50'000'000'000'000ull,
               .max_key = 1023,
               .list_page = 1000},
    .query = {.part_number = "part_number",
              .upload_id = "upload_id",
              .part_marker = "part_number_marker",
              .part_limit = "limit",
              .key_marker = "key_marker",
              .upload_id_marker = "upload_id_marker",
              .upload_limit = "limit",
              .list_marker = "marker",
              .list_limit = "limit",
              .list_type = "",
              .encoding = "",
              .uploads_encoding = "",
              .buckets_limit = "limit",
              .bucket_info = "stats",
              .location = "stats"},
    .header = {.acl = "",
               .bucket_acl = "",
               .copy_range = "copy-range",
               .replace = "replace",
               .crc64 = "",
               .forbid_overwrite = "",
               .cipher = "",
               .customer_cipher = "encryption-customer-algorithm",
               .move_source = "move-source"},
    .forbid = ForbidOverwrite::head_first,
    .hosts = {.patterns = kHosts},
    .bucket = {.min = 6, .max = 63},
    .grants = GrantForm::lists,
    .lacks = kLacks,
};

}  // namespace sluice::engine
