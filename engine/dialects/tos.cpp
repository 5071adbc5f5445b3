// Volcengine TOS: TOS4-HMAC-SHA256, JSON bodies, CRC64-ECMA, metadata percent-encoded.
#include "engine/dialect.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSchemes[] = {"tos"};
constexpr std::string_view kHosts[] = {"tos-{region}.volces.com", "tos-{region}.ivolces.com",
                                       "tos-{region}.bytepluses.com"};

constexpr Lack kLacks[] = {{Operation::list_buckets_by_tag}};

}  // namespace

const Dialect kTos{
    .name = "tos",
    .schemes = kSchemes,
    .vendor = "Volcengine TOS",
    .header_prefix = "x-tos-",
    .request_id_header = "x-tos-request-id",
    .trace_id_header = "x-tos-id-2",
    .wire = Wire::json,
    .integrity = Integrity::crc64_ecma,
    .scheme = signers::Scheme::tos4,
    .quirks =
        kErrorInside200 | kPercentMetadata | kNoSlashFirst | kNoBackslashFirst | kNoDotKeys | kRegionSigned,
    .limits = {.min_part = 5ull << 20,
               .max_part = 5ull << 30,
               .max_parts = 10000,
               .first_part = 1,
               .max_put = 5ull << 30,
               .max_copy = 5ull << 30,
               // The vendor's page says TiB; parts that grow from 5 MiB cannot quite reach that.
               .max_object = 48'800'000'000'000ull,
               .max_key = 1024,
               .list_page = 1000},
    .query = {.append_position = "offset", .set_metadata = "metadata", .rename = "rename"},
    .header = {.next_position = "next-append-offset"},
    .hosts = {.patterns = kHosts, .refused = "tos-s3-"},
    .everyone = "canned=\"AllUsers\"",
    .authenticated = "canned=\"AuthenticatedUsers\"",
    .new_bucket = {.storage_class = "storage-class",
                   .redundancy = "az-redundancy",
                   .type = "bucket-type",
                   .in_headers = true},
    .restore_job = "RestoreJobParameters",
    .lacks = kLacks,
};

}  // namespace sluice::engine
