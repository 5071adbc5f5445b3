// Amazon S3 and compatibles: SigV4, XML, CRC32C where the endpoint takes it.
#include "engine/dialect.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSchemes[] = {"s3"};
constexpr std::string_view kHosts[] = {"s3.{region}.amazonaws.com",
                                       "s3.{region}.amazonaws.com.cn",
                                       "s3.dualstack.{region}.amazonaws.com",
                                       "s3.dualstack.{region}.amazonaws.com.cn",
                                       "s3-fips.{region}.amazonaws.com",
                                       "s3-{region}.amazonaws.com",
                                       "s3.amazonaws.com"};
constexpr std::string_view kNotRegions[] = {"dualstack", "fips", "accelerate", "external-1"};

constexpr Lack kLacks[] = {{Operation::list_buckets_by_tag},
                           {Operation::rename_switch},
                           {Operation::create_bucket_class, "give the class with each object"},
                           {Operation::create_bucket_redundancy},
                           {Operation::create_bucket_type},
                           {Operation::append, "write the whole object again"},
                           {Operation::symlink},
                           {Operation::rename, "copy, then delete"}};

}  // namespace

const Dialect kS3{
    .name = "s3",
    .schemes = kSchemes,
    .vendor = "Amazon S3",
    .header_prefix = "x-amz-",
    .request_id_header = "x-amz-request-id",
    .trace_id_header = "x-amz-id-2",
    .wire = Wire::xml,
    .integrity = Integrity::crc32c,
    .scheme = signers::Scheme::sigv4,
    .quirks = kErrorInside200 | kFormEncodedLists | kLocationInBody | kChecksumMode | kRegionSigned |
              kEtagIsPartsMd5 | kRegionMayMove,
    .limits = {.min_part = 5ull << 20,
               .max_part = 5ull << 30,
               .max_parts = 10000,
               .first_part = 1,
               .max_put = 5ull << 30,
               .max_copy = 5ull << 30,
               .max_object = 5ull << 40,
               .max_key = 1024,
               .list_page = 1000},
    // Ceph encodes keys of uploads without saying so: not asked for, they come as they are.
    .query = {.uploads_encoding = "", .buckets_marker = "continuation-token"},
    .header = {.replace_tags = "REPLACE", .crc64 = "", .forbid_overwrite = ""},
    .forbid = ForbidOverwrite::if_none_match,
    .hosts = {.patterns = kHosts,
              .china = "s3.{region}.amazonaws.com.cn",
              .default_region = "us-east-1",
              .not_regions = kNotRegions},
    .bucket = {.min = 3, .max = 63, .dots = true, .legacy = true},
    .everyone = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"",
    .authenticated = "uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"",
    .restore_job = "GlacierJobParameters",
    .lacks = kLacks,
};

}  // namespace sluice::engine
