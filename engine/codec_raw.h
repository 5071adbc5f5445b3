// What the bodies of answers say, field by field, before anyone judges it: the targets of the codecs'
// tables. `root` lists the XML elements that may carry the shape; JSON bodies have no such name and
// must hold at least one field we know (`known`), lest "{}" pass for an empty bucket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store.h"
#include "sluice/properties.h"

namespace sluice::engine::codec {

struct RawList {
  static constexpr std::string_view root[] = {"ListBucketResult"};
  std::vector<Listed> objects;  // the first `count`; then what is there to be overwritten
  std::size_t count = 0;
  std::vector<std::string> prefixes;
  std::string encoding, next_token, next_marker;
  std::optional<bool> truncated;
  bool owners = false;  // taken only when asked for: some stores tell them with every object
  std::string owner, owner_name;  // of all that is listed (QingStor)
  int known = 0;
};

struct RawBuckets {
  static constexpr std::string_view root[] = {"ListAllMyBucketsResult"};
  std::vector<BucketInfo> buckets;
  std::string next_token, next_marker;
  std::optional<bool> truncated;
  int known = 0;
};

struct RawUpload {
  static constexpr std::string_view root[] = {"InitiateMultipartUploadResult"};
  std::string upload_id;
  int known = 0;
};

struct RawParts {
  static constexpr std::string_view root[] = {"ListPartsResult"};
  std::vector<PartInfo> parts;
  std::string next_marker;
  std::optional<bool> truncated;
  int known = 0;
};

struct RawUploads {
  static constexpr std::string_view root[] = {"ListMultipartUploadsResult"};
  std::vector<UploadInfo> uploads;
  std::string encoding, next_key_marker, next_upload_id_marker;
  std::optional<bool> truncated;
  int known = 0;
};

/// Copy, part copy and Complete.
struct RawOutcome {
  static constexpr std::string_view root[] = {"CopyObjectResult", "CopyPartResult",
                                              "CompleteMultipartUploadResult"};
  std::string etag;
  std::optional<std::uint64_t> crc64;
  std::string crc32c, checksum_type;
  bool has_etag = false;  // be it empty
  int known = 0;
};

struct RawGrant {
  std::string id, uri, canned, name, permission;
};
/// `word`: OSS writes one where others have grants.
struct RawAcl {
  static constexpr std::string_view root[] = {"AccessControlPolicy"};
  std::string owner, word;
  std::vector<RawGrant> grants;
  std::optional<bool> is_default;  // TOS: what the bucket grants holds
  int known = 0;
};

struct RawTag {
  std::string key, value;
};
struct RawTags {
  static constexpr std::string_view root[] = {"Tagging"};
  std::vector<RawTag> tags;
  int known = 0;
};

struct RawLocation {
  static constexpr std::string_view root[] = {"LocationConstraint"};
  std::string region;
  int known = 0;
};

struct RawProperties {
  static constexpr std::string_view root[] = {"BucketInfo"};
  BucketProperties bucket;
  int known = 0;
};

struct RawDeleted {
  static constexpr std::string_view root[] = {"DeleteResult"};
  std::vector<std::string> keys;
  std::vector<Deleted::Failure> failed;
  int known = 0;
};

struct RawError {
  static constexpr std::string_view root[] = {"Error"};
  std::string code, message, request_id, trace_id, resource, region, endpoint;
  int known = 0;
};

/// Empty = read well; otherwise why not, in a few words.
template <class Shape>
std::string read_xml(std::string body, Shape& into);
template <class Shape>
std::string read_json(const std::string& body, Shape& into);

}  // namespace sluice::engine::codec
