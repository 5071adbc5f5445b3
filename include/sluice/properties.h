// What single requests (operations.h) are told and answer: properties of buckets and objects.
//
// Words of a vendor - ACLs, storage classes, permissions, tiers - are given and answered as the vendor
// writes them. What a store cannot be told is refused before any request, with kind argument.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sluice/types.h"

namespace sluice {

/// A new bucket; what is empty is left to the store.
struct BucketOptions {
  std::string acl{};
  std::string storage_class{};
  std::string redundancy{};  ///< OSS: LRS, ZRS. COS: MAZ. TOS: single-az, multi-az
  std::string type{};        ///< COS: OFS. TOS: fns, hns
};

/// What a store tells of a bucket; how much that is differs.
struct BucketProperties {
  std::string name{}, region{};
  std::string storage_class{}, redundancy{}, type{};
  std::string acl{}, owner{};
  std::string endpoint{}, internal_endpoint{};
  std::optional<TimePoint> created{};
  std::optional<std::uint64_t> objects{}, bytes{};
  Reply reply{};
};

/// Who may do what.
struct Grant {
  enum class To { user, everyone, authenticated };
  To to = To::user;
  std::string user{};        ///< a user's id
  std::string permission{};  ///< READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL
  bool operator==(const Grant&) const = default;
};

/// Set it by a word or by grants, not both. When read, `canned` is the word that the grants come to, empty
/// when there is none.
struct Acl {
  std::string canned{};  ///< private, public-read, public-read-write, ...
  std::vector<Grant> grants{};
  std::string owner{};  ///< only when read
  Reply reply{};
};

using Tags = std::map<std::string, std::string>;

/// A request counts only while these hold; is_precondition_failed and is_not_modified tell that one did not.
struct Conditions {
  std::string if_match{};                                         ///< an ETag
  std::string if_none_match{};                                    ///< an ETag, or "*"
  std::optional<TimePoint> modified_since{}, unmodified_since{};  ///< whole seconds
};

struct GetOptions {
  std::optional<ByteSpan> range{};  ///< the whole when empty
  Conditions conditions{};
};
/// `bytes` were held against the store's checksum where a whole object was read.
struct Content {
  ObjectInfo info{};  ///< of the whole object
  std::string bytes{};
};

/// What is stored with an object's bytes.
struct PutOptions {
  std::string content_type{};  ///< empty = by the key's extension
  std::string storage_class{};
  std::string acl{};
  /// Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires; others are refused.
  std::map<std::string, std::string> headers{};
  std::map<std::string, std::string> metadata{};  ///< names in lower case when read
  Tags tags{};
  bool forbid_overwrite = false;
};
struct CopyOptions {
  PutOptions put{};  ///< storage class and ACL always count, the rest with `replace`
  /// Type, headers and metadata are those of `put`, not the source's; the tags when `put` has some.
  bool replace = false;
  std::string if_match{};  ///< the source's ETag
};

/// An object or a part as it was stored.
struct Stored {
  std::string etag{};                    ///< without quotes
  std::optional<std::uint64_t> crc64{};  ///< CRC64-ECMA, where the store tells it
  Reply reply{};
};

struct Appended {
  std::uint64_t next_position = 0;  ///< the object's size now
  std::string etag{};
  /// CRC64-ECMA of the whole object, when it was known before: what the next append continues.
  std::optional<std::uint64_t> crc64{};
  Reply reply{};
};

/// What a batch delete came to. A missing key counts as deleted.
struct Deleted {
  struct Failure {
    std::string key{}, code{}, message{};
  };
  std::vector<std::string> keys{};  ///< deleted, as the store says; empty when quiet
  std::vector<Failure> failed{};
  std::uint64_t requests = 0;
  Reply reply{};
};

struct PartInfo {
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  std::string etag{};
  std::optional<std::uint64_t> crc64{};
};
struct PartList {
  std::vector<PartInfo> parts{};
  Reply reply{};
};

struct UploadListOptions {
  std::string prefix{};
  std::string key_marker{}, upload_id_marker{};  ///< those of the page before
};
struct UploadPage {
  std::vector<UploadInfo> uploads{};
  std::string next_key_marker{}, next_upload_id_marker{};  ///< both empty = the last page
  Reply reply{};
};

/// More that a URL is made for; whoever uses it sends these headers as they are here.
struct PresignOptions {
  std::vector<std::pair<std::string, std::string>> query{};
  Headers headers{};
};

}  // namespace sluice
