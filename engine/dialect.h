// Dialect: what one store's protocol is, as data. One object in one file of engine/dialects each.
// Code that needs to know a vendor asks here; nothing else in the engine names one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/operation.h"
#include "signers/signer.h"
#include "sluice/result.h"

namespace sluice::engine {

enum class Wire { xml, json };

/// How an object's bytes are checked end to end.
enum class Integrity {
  crc64_ecma,  ///< the store publishes CRC64-ECMA of parts and whole objects
  crc32c,      ///< S3: CRC32C trailer, FULL_OBJECT at Complete, where the endpoint takes it
  md5,         ///< nothing but Content-MD5 and ETags
};

/// Named oddities; each bit says why the code needs it.
enum Quirk : std::uint32_t {
  kErrorInside200 = 1u << 0,      ///< Copy and Complete may answer 200 with an error body
  kLowerCaseJson = 1u << 1,       ///< names in documents are in lower case (QingStor)
  kEmptyCompleteBody = 1u << 2,   ///< Complete answers no body (QingStor)
  kPartsFromZero = 1u << 3,       ///< the first part is number 0 (QingStor)
  kCopySourceWithHost = 1u << 4,  ///< copy source is host/key, not /bucket/key (COS)
  kPercentMetadata = 1u << 5,     ///< user metadata travel percent-encoded (TOS)
  kRegionInHost = 1u << 6,        ///< a zone stands in front of the endpoint host (QingStor)
  kErrorInHeadHeader = 1u << 7,   ///< HEAD errors carry their XML in x-oss-err, base64 (OSS)
  kPathStyle = 1u << 8,           ///< the vendor's own rule is path style (QingStor)
  kFormEncodedLists = 1u << 9,    ///< '+' in an url-encoded list means a space (S3 and compatibles)
  kEncodedToken = 1u << 10,       ///< encoding-type=url encodes continuation tokens too (OSS)
  kOpenEndedParts = 1u << 11,     ///< a page of parts does not say whether it is the last (QingStor)
  kLocationInBody = 1u << 12,     ///< the bucket's region travels in the body of its creation (S3)
  kChecksumMode = 1u << 13,       ///< checksums are told only when asked for (S3)
  kStandardRange = 1u << 14,      ///< x-oss-range-behavior: standard makes a bad range a 416 (OSS)
  kNoSlashFirst = 1u << 15,       ///< keys must not begin with '/'
  kNoBackslashFirst = 1u << 16,   ///< keys must not begin with '\\'
  kNoDotKeys = 1u << 17,          ///< keys that a URL parser reduces to the bucket itself are refused
  kRegionSigned = 1u << 18,       ///< the signature holds a region: one must be known
  kNoTokens = 1u << 19,           ///< there are no temporary keys (QingStor)
  kEtagIsPartsMd5 = 1u << 20,     ///< a multipart ETag is md5(md5s of the parts)-N (S3)
  kRegionMayMove = 1u << 21,      ///< a refusal that names the bucket's region is followed once (S3)
  kAppidBuckets = 1u << 22,       ///< bucket names end with the account's appid (COS)
  kSelfCopyReplaces = 1u << 23,   ///< a copy onto itself must replace the metadata (COS)
  kTagNeedsValue = 1u << 24,      ///< lists of buckets by tag want key and value (COS)
  kOwnListOrder = 1u << 25,       ///< lists need not come in byte order (QingStor)
};

struct Limits {
  std::uint64_t min_part = 0, max_part = 0;  ///< bytes; the last part may be smaller
  std::uint32_t max_parts = 10000;
  std::uint32_t first_part = 1;
  std::uint64_t max_put = 0;   ///< bytes in one PUT
  std::uint64_t max_copy = 0;  ///< bytes in one server-side copy
  std::uint64_t max_object = 0;
  std::uint32_t max_key = 1024;  ///< bytes of UTF-8
  std::uint32_t list_page = 1000;
  std::uint32_t batch = 1000;  ///< keys in one batch delete
};

/// Query names, and the values of those that choose a form.
struct QueryWords {
  std::string_view part_number = "partNumber";
  std::string_view upload_id = "uploadId";
  std::string_view part_marker = "part-number-marker";
  std::string_view part_limit = "max-parts";
  std::string_view key_marker = "key-marker";
  std::string_view upload_id_marker = "upload-id-marker";
  std::string_view upload_limit = "max-uploads";
  std::string_view list_marker = "continuation-token";
  std::string_view list_limit = "max-keys";
  std::string_view list_type = "2";           ///< value of list-type; empty = not sent
  std::string_view encoding = "url";          ///< value of encoding-type; empty = not sent
  std::string_view uploads_encoding = "url";  ///< the same for lists of uploads
  std::string_view buckets_marker = {};       ///< lists of buckets; empty = they are not paged by marker
  std::string_view buckets_limit = {};        ///< lists of buckets are paged by offset and this; may be empty
  std::string_view buckets_prefix = {};       ///< empty: names are chosen from the whole list
  std::string_view tag_key = {}, tag_value = {};  ///< lists of buckets by tag
  std::string_view bucket_info = {};              ///< document of a bucket's properties; empty: HEAD tells
  std::string_view location = "location";
  std::string_view first_marker = "marker";  ///< of the first version of the list
  std::string_view append_position = "position";
  std::string_view set_metadata = {};  ///< empty: a copy onto itself
  std::string_view rename = {};        ///< new name of the object in `name`; empty: see HeaderWords
};

/// Header names after the prefix, and the words they take.
struct HeaderWords {
  std::string_view acl = "acl";         ///< object ACL; empty = there is none
  std::string_view bucket_acl = "acl";  ///< empty = by document only
  std::string_view copy_range = "copy-source-range";
  std::string_view replace = "REPLACE";       ///< metadata-directive for "take mine"
  std::string_view replace_tags = "Replace";  ///< tagging-directive
  std::string_view crc64 = "hash-crc64ecma";
  std::string_view forbid_overwrite = "forbid-overwrite";  ///< empty: If-None-Match or nothing
  /// How an object is ciphered, with the store's keys and with the customer's; empty = never told.
  std::string_view cipher = "server-side-encryption";
  std::string_view customer_cipher = "server-side-encryption-customer-algorithm";
  std::string_view next_position = "next-append-position";
  std::string_view move_source = {};  ///< rename: a PUT of the new name with this
};

/// How grants are told.
enum class GrantForm {
  none,     ///< a word is all there is (OSS)
  headers,  ///< <prefix>grant-read: id="..."
  lists,    ///< {"acl": [...]}, no words at all (QingStor)
};

/// What a new bucket is told beside its ACL, and in which words; empty = cannot be told.
struct BucketWords {
  std::string_view storage_class = {}, redundancy = {}, type = {};
  bool in_headers = false;  ///< else elements of CreateBucketConfiguration
  std::string_view redundancy_told = {};  ///< HEAD's header for it, where it was no header
};

/// What must not be overwritten, and where the store can be told so.
enum class ForbidOverwrite {
  header,         ///< <prefix>forbid-overwrite: true on put, copy and complete
  if_none_match,  ///< If-None-Match: * on put and complete; a copy is preceded by a HEAD
  head_first,     ///< nothing atomic: a HEAD before (QingStor)
};

/// Public hosts: "{region}" stands for one label or more of letters, digits and '-'.
struct HostRules {
  std::span<const std::string_view> patterns = {};  ///< the public one first; all belong to one vendor
  std::string_view china = {};                      ///< public pattern of regions cn-*, where it differs
  std::string_view service = {};  ///< host that lists the buckets of every region; empty = the endpoint
  std::string_view default_region = {};                ///< empty = must be given or derived
  std::string_view region_prefix = {};                 ///< dropped from a region ("oss-cn-hangzhou")
  std::span<const std::string_view> not_regions = {};  ///< words that stand where a region would
  std::string_view refused = {};                       ///< host prefix of another protocol (tos-s3-)
  std::span<const std::pair<std::string_view, std::string_view>> aliases = {};  ///< older names of regions
};

struct BucketRules {
  std::uint32_t min = 3, max = 63;
  bool dots = false;    ///< '.' allowed
  bool legacy = false;  ///< path style takes upper case and '_' too
};

struct Dialect {
  std::string_view name;                      ///< "s3", "oss", "cos", "tos", "qs"
  std::span<const std::string_view> schemes;  ///< URL schemes, the canonical one first
  std::string_view vendor;                    ///< "Amazon S3"
  std::string_view header_prefix;             ///< "x-amz-"
  std::string_view request_id_header;
  std::string_view trace_id_header;
  Wire wire = Wire::xml;
  Integrity integrity = Integrity::crc64_ecma;
  signers::Scheme scheme = signers::Scheme::sigv4;
  std::uint32_t quirks = 0;
  Limits limits;
  QueryWords query = {};
  HeaderWords header = {};
  ForbidOverwrite forbid = ForbidOverwrite::header;
  HostRules hosts = {};
  BucketRules bucket = {};
  GrantForm grants = GrantForm::headers;
  std::string_view everyone = {}, authenticated = {};  ///< groups in a grant header; empty = it has none
  BucketWords new_bucket = {};
  std::string_view restore_job = "JobParameters";  ///< what the tier stands in
  std::span<const Lack> lacks = {};
  bool has(Quirk q) const { return quirks & q; }
  /// Null: the store has it.
  const Lack* lack_of(Operation) const;
};

/// Every dialect, in the order of the documentation.
std::span<const Dialect* const> dialects();
/// By name or URL scheme ("ois", "qingstor"); null if unknown.
const Dialect* find_dialect(std::string_view scheme);

/// Refuses what the dialect's rules forbid, naming the rule. Pure.
Result<void> check_bucket(const Dialect&, std::string_view bucket);
Result<void> check_key(const Dialect&, std::string_view key);

/// "OIS has no append", when it has none. Pure.
Result<void> check_offered(const Dialect&, Operation);

/// `name` with the dialect's header prefix in front.
std::string header_name(const Dialect&, std::string_view name);

extern const Dialect kS3, kOss, kCos, kTos, kQingStor;

}  // namespace sluice::engine
