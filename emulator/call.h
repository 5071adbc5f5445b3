// Call and Reply: a routed request and its answer, as values; and Failure, what went wrong in words
// that belong to no vendor.
//
// Everything between the connection and the storage speaks these. A Call belongs to one request and
// one thread at a time; nothing here does I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/acl.h"
#include "emulator/blob.h"
#include "io/http.h"
#include "signers/verifier.h"
#include "sluice/types.h"

namespace sluice::emulator {

struct Dialect;
struct Route;

/// What went wrong. Each dialect has a table from here to its status, code and text (dialect.h).
enum class Trouble {
  none,
  // Who asks
  access_denied,
  unknown_key,
  signature_mismatch,
  clock_skewed,
  url_expired,
  token_missing,
  token_invalid,
  token_expired,
  wrong_region,
  auth_malformed,
  header_not_signed,
  // Buckets
  no_such_bucket,
  bucket_exists,
  bucket_owned,
  bucket_not_empty,
  invalid_bucket_name,
  // Objects
  no_such_key,
  invalid_key,
  key_too_long,
  object_exists,
  not_appendable,
  wrong_position,
  metadata_too_large,
  no_such_tags,
  invalid_tag,
  invalid_class,
  no_such_version,
  invalid_copy_source,
  copy_too_large,
  no_symlink_target,
  invalid_symlink_target,  ///< a link to a link
  not_a_symlink,
  archived,  ///< must be restored before it is read
  not_archived,
  restore_running,
  // Multipart
  no_such_upload,
  invalid_part,
  invalid_part_order,
  part_too_small,
  invalid_part_number,
  // Bodies
  bad_digest,       ///< Content-MD5 does not match
  invalid_digest,   ///< Content-MD5 is not base64 of 16 bytes
  sha256_mismatch,  ///< the payload hash that was signed does not match
  bad_checksum,     ///< a checksum header or trailer does not match
  invalid_checksum,
  incomplete_body,
  missing_length,
  entity_too_large,
  malformed_body,
  missing_digest,
  bad_chunk_signature,
  // Conditions
  not_modified,
  precondition_failed,
  invalid_range,
  // Everything else
  invalid_argument,
  invalid_request,
  bad_http,
  method_not_allowed,
  not_implemented,
  slow_down,
  internal,
};

struct Failure {
  Trouble trouble = Trouble::internal;
  std::string message;  ///< empty = the dialect's own text
  /// More of the error body, in order: {"BucketName", "b"}. Renderers that have no place for them drop them.
  std::vector<std::pair<std::string, std::string>> details;
  io::Headers headers;  ///< more headers of the answer
};

/// A value or a Failure. `return Failure{...}` and `return value` both work.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Failure failure) : held_(std::in_place_index<1>, std::move(failure)) {}
  explicit operator bool() const { return held_.index() == 0; }
  T& operator*() { return std::get<0>(held_); }
  const T& operator*() const { return std::get<0>(held_); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }
  Failure& failure() { return std::get<1>(held_); }
  const Failure& failure() const { return std::get<1>(held_); }

 private:
  std::variant<T, Failure> held_;
};
struct Done {};  ///< Outcome<Done>: nothing to tell but that it went well

/// The routed request. `request.resource` holds the decoded bucket and key, whatever the URL style.
struct Call {
  const Dialect* dialect = nullptr;
  const Route* route = nullptr;
  signers::Received request;
  signers::Verdict verdict;
  std::string body;  ///< of operations that take a document; length and digests already checked
  bool virtual_host = false;
  std::string request_id;
  TimePoint now{};
  std::string region;       ///< the bucket's, else the one that was signed, else the dialect's usual
  std::string told_region;  ///< configured, signed or in the host's name; empty when nobody told
  std::string account = "sluice";  ///< who asks
  std::string owner = "sluice";    ///< the bucket's; who asks, where no bucket is named or there

  const std::string& bucket() const { return request.resource.bucket; }
  const std::string& key() const { return request.resource.key; }
  /// A query parameter, or "" (absent and empty are the same here; has_query tells).
  std::string query(std::string_view name) const;
  bool has_query(std::string_view name) const;
  /// A header that carries the dialect's prefix: vendor("copy-source") reads x-oss-copy-source.
  std::string vendor(std::string_view suffix) const;
  /// Any other header.
  std::string header(std::string_view name) const { return request.headers.get(name); }
};

struct Reply {
  int status = 200;
  io::Headers headers;  ///< without Content-Length, Date and Connection
  std::string body;
  /// When set, the body is bytes [first, first + count) of it instead of `body`.
  std::optional<Reader> reader;
  std::uint64_t first = 0, count = 0;
  std::optional<std::uint64_t> length;  ///< of HEAD answers: the Content-Length that GET would have
};

// ---- What operations answer and renderers write ----

/// What a bucket was made as or told to be since; words are the vendor's, empty = its usual.
struct BucketTraits {
  Acl acl;
  std::map<std::string, std::string> tags;
  std::string storage_class, redundancy, type, project;
  bool renames = false;  ///< TOS: RenameObject is switched on
};
struct BucketView {
  std::string name, region;
  TimePoint created{};
  BucketTraits traits;
};
struct BucketsView {
  std::vector<BucketView> buckets;
  std::string prefix, marker, next_marker;
  std::uint32_t limit = 0;
  bool truncated = false;
};

struct ObjectView {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;  ///< bare, lower case; renderers quote it and change the case
  TimePoint modified{};
  std::optional<std::uint64_t> crc64;
  std::string type;  ///< "Normal", "Multipart", "Appendable", "Symlink"
  std::string storage_class;
  std::uint32_t parts = 0;  ///< of a multipart object, else 0
  /// Content-Type, Cache-Control, ... and x-..-meta-* under the bare name "meta-<name>", lower case.
  std::map<std::string, std::string> headers;
  /// S3: "crc32c" -> base64 text ("-N" appended when composite).
  std::map<std::string, std::string> checksums;
  std::string checksum_type;  ///< "COMPOSITE" or "FULL_OBJECT"; empty when there is none
  std::map<std::string, std::string> tags;
};
struct ListingView {
  bool v2 = false, versions = false;
  std::string prefix, delimiter, marker, start_after, continuation;
  bool url_encoded = false;  ///< the client asked for encoding-type=url
  bool owner = true;
  std::uint32_t limit = 0;
  bool truncated = false;
  std::string next_marker;  ///< last key or common prefix of a truncated page; decoded
  std::vector<ObjectView> objects;
  std::vector<std::string> prefixes;
};

struct PartView {
  int number = 0;
  std::uint64_t size = 0;
  std::string etag;
  TimePoint modified{};
  std::optional<std::uint64_t> crc64;
  std::map<std::string, std::string> checksums;
};
struct PartsView {
  std::string upload_id, initiator;
  int marker = 0, next_marker = 0;
  std::uint32_t limit = 0;
  bool truncated = false;
  bool url_encoded = false;
  std::string storage_class;
  std::string checksum_algorithm, checksum_type;
  std::vector<PartView> parts;
};

struct UploadView {
  std::string key, upload_id, initiator, storage_class;
  TimePoint initiated{};
};
struct UploadsView {
  std::string prefix, delimiter, key_marker, upload_id_marker, next_key_marker, next_upload_id_marker;
  bool url_encoded = false;
  std::uint32_t limit = 0;
  bool truncated = false;
  std::vector<UploadView> uploads;
  std::vector<std::string> prefixes;
};

struct CreatedView {
  std::string upload_id;
  bool url_encoded = false;
};
/// After put, append and part; `object.size` is the new size of an appended object.
struct StoredView {
  ObjectView object;
  std::string content_md5;  ///< base64, of what was sent
};
struct CompletedView {
  ObjectView object;
  std::string location;
  bool url_encoded = false;
  std::vector<PartView> parts;
};
struct CopiedView {
  ObjectView object;  ///< of a copied part: etag, size, crc64 and modified of the part
  bool part = false;
  std::uint64_t first = 0, last = 0, source_size = 0;  ///< of a copied part's range
};
struct DeletedView {
  bool quiet = false;
  bool url_encoded = false;
  std::vector<std::string> deleted;
  std::vector<std::pair<std::string, Failure>> failed;  ///< key, why
};
struct AclView {
  bool of_object = false;
  Acl acl;
};
struct StatView {
  BucketView bucket;
  std::uint64_t objects = 0, bytes = 0, uploads = 0;
};

// ---- What parsers read out of request bodies ----

struct NamedPart {
  int number = 0;
  std::string etag;  ///< bare; empty where the vendor lets it out
  std::map<std::string, std::string> checksums;
};
struct CompleteRequest {
  std::vector<NamedPart> parts;
};
struct DeleteRequest {
  bool quiet = false;
  std::vector<std::string> keys;
  std::map<std::string, std::string> etags;  ///< S3: of keys that go only if they are what is named
};
using Tags = std::map<std::string, std::string>;
struct CreateBucketRequest {
  std::string storage_class, redundancy, type, project;
};
struct RestoreRequest {
  int days = 1;
  std::string tier;  ///< "Expedited", "Standard", "Bulk", or empty
};

}  // namespace sluice::emulator
