// The words of the local store's storage: what went wrong, what an object is, what a list answers.
//
// Vendor-free on purpose: a dialect turns StorageCode into its own error code and ObjectInfo into its
// own headers. Everything here is plain data that may be copied and moved between threads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::emulator {

enum class StorageCode {
  no_such_bucket,
  bucket_exists,       ///< create: the same namespace already has it; the caller compares owners (head)
  bucket_not_empty,    ///< objects are left
  bucket_has_uploads,  ///< no objects, but unfinished multipart uploads are left
  no_such_key,
  key_exists,           ///< if_absent, and there is one
  precondition_failed,  ///< if_match names another ETag (also the source's, of a copy)
  not_appendable,       ///< append to an object of another type
  position_mismatch,    ///< append elsewhere than at the end: `number` is the length
  no_such_upload,
  invalid_part,        ///< Complete names a part that is missing or has another ETag: `number`
  invalid_part_order,  ///< Complete: numbers do not ascend: `number` is the first one out of order
  part_too_small,      ///< Complete: `number` has `size` bytes, and it is not the last
  no_parts,            ///< Complete without a single part
  checksum_mismatch,   ///< Complete: the joined checksum or size is not the expected one
  invalid_range,       ///< a slice outside its object
  locked,              ///< another process serves this directory
  disk,                ///< a file operation failed; the message names the file and the reason, number is errno
  database,            ///< SQLite refused, or the store is from a newer version
};

struct StorageError {
  StorageCode code = StorageCode::disk;
  std::string message{};     ///< one line, for logs; no vendor words
  std::uint64_t number = 0;  ///< see the codes
  std::uint64_t size = 0;
};

/// A value or a StorageError; the names of Result<T>.
template <class T>
class [[nodiscard]] StorageResult {
 public:
  using value_type = T;
  StorageResult(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  StorageResult(StorageError e) : held_(std::in_place_index<1>, std::move(e)) {}

  bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& operator*() & { return std::get<0>(held_); }
  const T& operator*() const& { return std::get<0>(held_); }
  T&& operator*() && { return std::get<0>(std::move(held_)); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }
  StorageError& error() & { return std::get<1>(held_); }
  const StorageError& error() const& { return std::get<1>(held_); }
  StorageError&& error() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<T, StorageError> held_;
};

template <>
class [[nodiscard]] StorageResult<void> {
 public:
  using value_type = void;
  StorageResult() = default;
  StorageResult(StorageError e) : error_(std::move(e)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  StorageError& error() & { return *error_; }
  const StorageError& error() const& { return *error_; }
  StorageError&& error() && { return *std::move(error_); }

 private:
  std::optional<StorageError> error_;
};

using Md5 = std::array<std::uint8_t, 16>;
using Sha1 = std::array<std::uint8_t, 20>;
using Sha256 = std::array<std::uint8_t, 32>;

/// Checksums of one body, each where it was computed. Joined over parts: crc64, crc32c, crc32 and
/// crc64nvme; never md5, sha1, sha256.
struct Sums {
  std::optional<Md5> md5{};
  std::optional<std::uint64_t> crc64{};  ///< ECMA-182, as OSS, COS and TOS publish it
  std::optional<std::uint32_t> crc32c{};
  std::optional<std::uint32_t> crc32{};
  std::optional<std::uint64_t> crc64nvme{};
  std::optional<Sha1> sha1{};
  std::optional<Sha256> sha256{};
  bool operator==(const Sums&) const = default;
};

/// A body that was written: what Writer::finish answers.
struct Digest {
  std::uint64_t size = 0;
  Sums sums{};
};

std::string hex(const Md5&);        ///< lower case
std::string upper_hex(const Md5&);  ///< upper case, as OSS writes ETags

/// A dialect's namespace ("oss", "s3", ...) and a bucket in it.
struct BucketRef {
  std::string space{};
  std::string name{};
};

struct BucketInfo {
  std::string name{}, region{}, owner{};
  std::string attributes{};  ///< the caller's own text (JSON), never looked into
  std::int64_t created = 0;  ///< ms since the epoch
};

/// The numbers are the format. A symlink is an object without bytes; its target is the caller's attribute.
enum class ObjectType : std::uint8_t { normal = 0, multipart = 1, appendable = 2, symlink = 3 };

/// Name and value, kept in order and exactly as given: content type, user metadata, tags, acl, ...
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// What the caller says about an object beside its bytes.
struct Attributes {
  std::string storage_class{};  ///< also answered by lists
  HeaderList headers{};
};

struct ObjectInfo {
  std::string key{};
  std::uint64_t size = 0;
  std::string etag{};         ///< without quotes
  std::int64_t modified = 0;  ///< ms since the epoch
  ObjectType type = ObjectType::normal;
  std::uint32_t parts = 0;  ///< of a multipart object, else 0
  Sums sums{};
  Attributes attributes{};  ///< lists leave `headers` empty unless asked
};

/// Conditions of a write, checked in the transaction that makes it visible.
struct Conditions {
  bool if_absent = false;  ///< forbid overwrite -> key_exists
  /// ETag that must be there, quotes and case ignored, "*" = any, empty = no matter; else
  /// precondition_failed, or no_such_key when there is no object.
  std::string if_match{};
};

struct ListRequest {
  std::string prefix{}, delimiter{};
  std::string marker{};        ///< answers only names greater than this one
  std::uint32_t limit = 1000;  ///< keys and common prefixes together
  bool headers = false;        ///< fill Attributes::headers
};

struct ListPage {
  std::vector<ObjectInfo> objects{};
  std::vector<std::string> prefixes{};  ///< common prefixes, delimiter included
  bool truncated = false;
  std::string next_marker{};  ///< last name of the page (key or common prefix) when truncated
};

struct PartInfo {
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  std::string etag{};
  std::int64_t modified = 0;
  Sums sums{};
};

struct PartsPage {
  std::vector<PartInfo> parts{};
  bool truncated = false;
};

struct UploadRef {
  BucketRef bucket{};
  std::string key{}, id{};
};

struct UploadInfo {
  std::string key{}, id{}, owner{};
  std::int64_t initiated = 0;
  Attributes attributes{};  ///< become the object's
};

struct ListUploadsRequest {
  std::string prefix{}, delimiter{};
  std::string key_marker{};  ///< uploads of greater keys ...
  std::string id_marker{};   ///< ... and, when not empty, those of the marker's key with a greater id
  std::uint32_t limit = 1000;
};

struct UploadsPage {
  std::vector<UploadInfo> uploads{};  ///< by key, then by id, which is the order they were started in
  std::vector<std::string> prefixes{};
  bool truncated = false;
  std::string next_key_marker{};
  std::string next_id_marker{};  ///< empty when the page ends with a common prefix
};

}  // namespace sluice::emulator
