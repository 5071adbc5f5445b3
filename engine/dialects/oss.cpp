// Alibaba Cloud OSS: V4 signatures (V1 on request), XML, CRC64-ECMA everywhere.
#include "engine/dialect.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSchemes[] = {"oss"};
constexpr std::string_view kHosts[] = {"oss-{region}.aliyuncs.com", "oss-{region}-internal.aliyuncs.com",
                                       "{region}.oss.aliyuncs.com"};
constexpr std::string_view kNotRegions[] = {"accelerate", "accelerate-overseas"};

constexpr Lack kLacks[] = {{Operation::create_bucket_type},
                           {Operation::rename_switch},
                           {Operation::bucket_grants, "give one of its words: private, public-read, ..."},
                           {Operation::object_grants, "give one of its words: private, public-read, ..."},
                           {Operation::rename, "copy, then delete"}};

}  // namespace

const Dialect kOss{
    .name = "oss",
    .schemes = kSchemes,
    .vendor = "Alibaba Cloud OSS",
    .header_prefix = "x-oss-",
    .request_id_header = "x-oss-request-id",
    .trace_id_header = "x-oss-ec",
    .wire = Wire::xml,
    .integrity = Integrity::crc64_ecma,
    .scheme = signers::Scheme::oss_v4,
    .quirks = kErrorInside200 | kErrorInHeadHeader | kEncodedToken | kStandardRange | kNoSlashFirst |
              kNoBackslashFirst | kRegionSigned,
    .limits = {.min_part = 100ull << 10,
               .max_part = 5'000'000'000ull,
               .max_parts = 10000,
               .first_part = 1,
               .max_put = 5'000'000'000ull,
               .max_copy = 5'000'000'000ull,
               .max_object = 48'800'000'000'000ull,
               .max_key = 1023,
               .list_page = 1000},
    .query = {.buckets_marker = "marker",
              .buckets_prefix = "prefix",
              .tag_key = "tag-key",
              .tag_value = "tag-value",
              .bucket_info = "bucketInfo"},
    .header = {.acl = "object-acl"},
    .hosts = {.patterns = kHosts, .region_prefix = "oss-", .not_regions = kNotRegions},
    .grants = GrantForm::none,
    .new_bucket = {.storage_class = "StorageClass", .redundancy = "DataRedundancyType"},
    .lacks = kLacks,
};

}  // namespace sluice::engine
