// Volcengine TOS: TOS4-HMAC-SHA256, JSON bodies, CRC64-ECMA, metadata percent-encoded.
#include "engine/dialect.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kSchemes[] = {"tos"};
constexpr std::string_view kHosts[] = {"tos-{region}.volces.com", "tos-{region}.ivolces.com",
                                       "tos-{region}.bytepluses.com"};

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
    .hosts = {.patterns = kHosts, .refused = "tos-s3-"},
};

}  // namespace sluice::engine
