// Dialect: everything in which the five stores differ, as data and a few functions.
//
// An operation (operations.h) is written once: it reads its parameters by the dialect's words, obeys
// the dialect's limits and rules, and hands a plain view (call.h) to the dialect's shape, which
// writes the answer. To add a store: a file with one `const Dialect`, and a line in dialect.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/call.h"

namespace sluice::emulator {

enum class Operation {
  list_buckets,
  create_bucket,
  head_bucket,
  delete_bucket,
  bucket_location,
  bucket_info,
  bucket_stat,
  get_bucket_acl,
  put_bucket_acl,
  get_bucket_tags,
  put_bucket_tags,
  delete_bucket_tags,
  put_bucket_class,
  get_bucket_rename,
  put_bucket_rename,
  delete_bucket_rename,
  get_versioning,
  list_objects,
  list_objects_v2,
  list_versions,
  list_uploads,
  delete_objects,
  put_object,
  get_object,
  head_object,
  object_attributes,
  delete_object,
  copy_object,
  move_object,
  rename_object,
  put_symlink,
  get_symlink,
  restore_object,
  append_object,
  get_object_acl,
  put_object_acl,
  get_object_tags,
  put_object_tags,
  delete_object_tags,
  set_metadata,
  create_upload,
  put_part,
  copy_part,
  list_parts,
  complete_upload,
  abort_upload,
  refuse,  ///< a known call that this store does not offer: not_implemented
};
inline constexpr int kOperations = static_cast<int>(Operation::refuse) + 1;
const char* name(Operation);  ///< as counters and faults call it: "put_part"

enum class Level { service, bucket, object };

/// One row of the routing table. The first row that fits wins: method and level equal, every `query`
/// word present in the query ("a b": both), `header` (without prefix) present.
struct Route {
  std::string_view method;
  Level level;
  std::string_view query;
  std::string_view header;
  Operation operation;
  int status = 200;  ///< of success
};

/// The vendor's names of parameters. Headers without the prefix.
struct Words {
  std::string_view marker = "marker", limit = "max-keys", uploads_limit = "max-uploads",
                   parts_limit = "max-parts", part_marker = "part-number-marker", key_marker = "key-marker",
                   upload_id_marker = "upload-id-marker", part_number = "partNumber", upload_id = "uploadId",
                   position = "position";
  // Of ListBuckets; empty: the vendor has no such parameter.
  std::string_view buckets_limit = "max-keys", buckets_marker = "marker", buckets_offset = "", tag_key = "",
                   tag_value = "", region_query = "",
                   region_header = "";  ///< without prefix
  std::string_view copy_source = "copy-source", copy_range = "copy-source-range",
                   copy_if = "copy-source-if-",  ///< + match, none-match, modified-since, unmodified-since
      metadata_directive = "metadata-directive", tagging_directive = "tagging-directive", meta = "meta-",
                   storage_class = "storage-class", forbid_overwrite = "forbid-overwrite", bucket_acl = "acl",
                   object_acl = "acl", tagging = "tagging", move_source = "move-source",
                   complete_all = "complete-all", symlink_target = "symlink-target",
                   symlink_bucket = "",  ///< where a link may lead to another bucket
      write_if_match = "",               ///< a write's own If-Match: TOS
      crc64 = "hash-crc64ecma",          ///< empty: the store tells no CRC
      next_position = "next-append-position", request_id = "request-id",
                   second_id = "";  ///< a further header with the request's id
};

struct TagLimits {
  std::size_t count, key, value;  ///< of keys and values: bytes
};

struct Limits {
  std::uint64_t part_min = 5ull << 20;  ///< of every part but the last, judged at Complete
  std::uint64_t part_max = 5ull << 30;  ///< also of a single put and of a copy
  std::uint64_t object_max = 5ull << 40;
  int part_first = 1, part_last = 10'000, part_count = 10'000;
  std::size_t key_max = 1024;  ///< bytes
  std::size_t bucket_min = 3, bucket_max = 63;
  std::size_t metadata_max = 2048;
  std::uint32_t page = 1000, page_max = 1000, buckets_page = 1000;
  std::size_t batch_max = 1000;
  TagLimits bucket_tags{50, 128, 256}, object_tags{10, 128, 256};
  int restore_days = 365;
};

enum class RangeRule {
  ignore_malformed,  ///< a bad header is ignored, an unsatisfiable range is 416
  ignore_all,        ///< OSS without x-oss-range-behavior: standard: both give 200 and the whole object
  refuse,            ///< both are 416
};

/// Habits that are a yes or no. Each has a reason in the dialect's file.
struct Rules {
  RangeRule ranges = RangeRule::ignore_malformed;
  bool etag_upper = false;              ///< OSS
  bool bucket_dots = false;             ///< S3
  bool slash_keys = true;               ///< keys may begin with '/'
  bool backslash_keys = true;           ///< ... and with '\\'
  bool sort_parts = false;              ///< TOS: parts of Complete may come in any order
  bool part_etag_optional = false;      ///< QingStor
  bool etag_given = false;              ///< QingStor: a multipart object's ETag is Complete's ETag header
  bool too_large_limit_clamped = true;  ///< max-keys above the page maximum is clamped, not refused
  bool multi_delete_needs_digest = true;
  bool appendable_copies = false;           ///< an appendable object may be the source of a copy
  bool digest_mismatch_is_invalid = false;  ///< OSS says InvalidDigest for a wrong Content-MD5
  bool checksums = false;                   ///< S3's x-amz-checksum-*
  bool recreate_bucket = false;             ///< creating one's own bucket again succeeds
  bool copy_needs_change = false;           ///< S3: a copy onto itself must replace something
  bool copy_needs_replace = false;          ///< COS: ... and that is the metadata
  bool copy_source_form = false;            ///< TOS: '+' in a copy source is a space
  bool uploads_hold_bucket = false;         ///< unfinished uploads keep a bucket from being deleted
  bool needs_length = false;                ///< S3, QingStor: a put must tell its length beforehand
  bool complete_repeats = false;            ///< S3: Complete of an upload that just completed succeeds again
  bool objects_inherit_acl = true;          ///< an object without an ACL has the bucket's; not in S3
  bool tag_needs_value = false;             ///< COS: lists of buckets by tag take key and value, or neither
  bool empty_tags = false;                  ///< OSS: a bucket without tags answers an empty set, not 404
  bool list_headers = false;                ///< QingStor: lists tell content types
  bool write_conditions = false;            ///< S3: If-None-Match: * and If-Match work on writes
};

/// A row of the error table.
struct ErrorWord {
  Trouble trouble;
  int status;
  std::string_view code;
  std::string_view message;
};

/// Writers of answers and readers of bodies. A writer sets `reply.body`, Content-Type and the headers
/// of its shape; `reply.status` is already the route's. Null: the operation has no such answer there.
struct Shapes {
  void (*error)(const Call&, const ErrorWord&, const Failure&, Reply&) = nullptr;
  void (*buckets)(const Call&, const BucketsView&, Reply&) = nullptr;
  void (*location)(const Call&, const BucketView&, Reply&) = nullptr;
  void (*bucket_head)(const Call&, const BucketView&, Reply&) = nullptr;  ///< create and head
  void (*stat)(const Call&, const StatView&, Reply&) = nullptr;           ///< bucket_info and bucket_stat
  void (*listing)(const Call&, const ListingView&, Reply&) = nullptr;
  void (*uploads)(const Call&, const UploadsView&, Reply&) = nullptr;
  void (*parts)(const Call&, const PartsView&, Reply&) = nullptr;
  void (*created)(const Call&, const CreatedView&, Reply&) = nullptr;
  void (*stored)(const Call&, const StoredView&, Reply&) = nullptr;  ///< put, append, part
  void (*completed)(const Call&, const CompletedView&, Reply&) = nullptr;
  void (*copied)(const Call&, const CopiedView&, Reply&) = nullptr;
  void (*deleted)(const Call&, const DeletedView&, Reply&) = nullptr;
  void (*object_head)(const Call&, const ObjectView&, Reply&) = nullptr;  ///< headers of GET and HEAD
  void (*attributes)(const Call&, const ObjectView&, Reply&) = nullptr;
  void (*acl)(const Call&, const AclView&, Reply&) = nullptr;
  void (*tags)(const Call&, const Tags&, Reply&) = nullptr;
  void (*versioning)(const Call&, Reply&) = nullptr;
  void (*renaming)(const Call&, const BucketTraits&, Reply&) = nullptr;  ///< is RenameObject switched on?

  Outcome<CompleteRequest> (*read_complete)(const Call&) = nullptr;
  Outcome<DeleteRequest> (*read_delete)(const Call&) = nullptr;
  Outcome<Tags> (*read_tags)(const Call&) = nullptr;
  Outcome<Acl> (*read_acl)(const Call&) = nullptr;  ///< null: headers only
  Outcome<CreateBucketRequest> (*read_create)(const Call&) = nullptr;
  Outcome<RestoreRequest> (*read_restore)(const Call&) = nullptr;
  Outcome<bool> (*read_renaming)(const Call&) = nullptr;
};

/// A Host header that belongs to a vendor.
struct HostMatch {
  std::string bucket;    ///< empty: the service's own host, or path style
  std::string region{};  ///< where the name tells it and the signature does not
};

struct Dialect {
  std::string_view name;                      ///< "s3", "oss", "cos", "tos", "qs": the namespace in storage
  std::string_view prefix;                    ///< "x-oss-"
  std::string_view region;                    ///< shown when the server was given none
  std::string_view plain_class = "STANDARD";  ///< storage class of objects that name none
  std::string_view plain_type = "application/octet-stream";        ///< content type of those that name none
  std::span<const std::string_view> bucket_acls{}, object_acls{};  ///< canned words
  std::span<const std::string_view> classes{};                     ///< storage classes
  std::span<const std::string_view> archive_classes{};             ///< those that must be restored to be read
  Words words;
  Limits limits;
  Rules rules;
  std::span<const Route> routes;
  std::span<const ErrorWord> errors;
  Shapes shapes;
  /// Lower-case host without port: is it a public host of this vendor, and which bucket does it name?
  std::optional<HostMatch> (*public_host)(std::string_view host) = nullptr;
};

extern const Dialect kS3, kOss, kCos, kTos, kQingstor;  // dialects/<name>.cpp

std::span<const Dialect* const> dialects();          ///< all, in the order s3, oss, cos, tos, qs
const Dialect* find_dialect(std::string_view name);  ///< null when unknown

/// The row for a trouble; the row of `internal` when the dialect has none.
const ErrorWord& error_word(const Dialect&, Trouble);
/// Null when nothing fits.
const Route* find_route(const Dialect&, const signers::Received&, Level);
/// Fills `reply` with the dialect's error; HEAD answers carry no body (the connection drops it).
void render_error(const Call&, const Failure&, Reply&);

}  // namespace sluice::emulator
