// Tencent Cloud COS: q-sign signatures, XML, first version of the list, CRC64-ECMA.
#include "engine/dialect.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSchemes[] = {"cos"};
constexpr std::string_view kHosts[] = {"cos.{region}.myqcloud.com", "cos.{region}.tencentcos.cn",
                                       "cos-internal.{region}.tencentcos.cn"};
constexpr std::string_view kNotRegions[] = {"accelerate"};
// Names from before 2016 that configuration files still hold.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"cossh", "ap-shanghai"},  {"cosgz", "ap-guangzhou"}, {"cosbj", "ap-beijing"},
    {"costj", "ap-beijing-1"}, {"coscd", "ap-chengdu"},   {"cossgp", "ap-singapore"},
    {"coshk", "ap-hongkong"},  {"cosca", "na-toronto"},   {"cosger", "eu-frankfurt"}};

constexpr Lack kLacks[] = {{Operation::rename_switch},
                           {Operation::list_v2, "ask for the first version"},
                           {Operation::rename, "copy, then delete"}};

}  // namespace

const Dialect kCos{
    .name = "cos",
    .schemes = kSchemes,
    .vendor = "Tencent Cloud COS",
    .header_prefix = "x-cos-",
    .request_id_header = "x-cos-request-id",
    .trace_id_header = "x-cos-trace-id",
    .wire = Wire::xml,
    .integrity = Integrity::crc64_ecma,
    .scheme = signers::Scheme::cos,
    .quirks = kErrorInside200 | kCopySourceWithHost | kNoDotKeys | kAppidBuckets | kSelfCopyReplaces |
              kTagNeedsValue,
    .limits = {.min_part = 1ull << 20,
               .max_part = 5'000'000'000ull,
               .max_parts = 10000,
               .first_part = 1,
               .max_put = 5'000'000'000ull,
               .max_copy = 5'000'000'000ull,
               .max_object = 48'820'000'000'000ull,
               .max_key = 850,
               .list_page = 1000},
    .query = {.list_marker = "marker",
              .list_type = "",
              .buckets_marker = "marker",
              .tag_key = "tagkey",
              .tag_value = "tagvalue"},
    .header = {.replace = "Replaced", .replace_tags = "Replaced"},
    .hosts = {.patterns = kHosts,
              .service = "service.cos.myqcloud.com",
              .region_prefix = "cos.",
              .not_regions = kNotRegions,
              .aliases = kAliases},
    .bucket = {.min = 1, .max = 60},
    .everyone = "id=\"qcs::cam::anyone:anyone\"",
    .new_bucket = {.storage_class = "BucketStorageClass",
                   .redundancy = "BucketAZConfig",
                   .type = "BucketArchConfig",
                   .redundancy_told = "bucket-az-type"},
    .restore_job = "CASJobParameters",
    .lacks = kLacks,
};

}  // namespace sluice::engine
