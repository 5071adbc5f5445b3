// Store: single requests to one store, with the one retry implementation.
//
// Endpoint + credentials + dialect. Immutable after creation but for what it learns (clock offset,
// whether trailers are taken): one Store is used from all workers at once. Every operation is a
// coroutine that stays on the worker whose Call it was given.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/dialect.h"
#include "engine/draft.h"
#include "io/transport.h"
#include "scheduler/loop.h"
#include "scheduler/retry.h"
#include "scheduler/task.h"
#include "scheduler/worker.h"
#include "signers/credentials.h"
#include "sluice/properties.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::engine {

using sluice::Addressing;

struct StoreConfig {
  const Dialect* dialect = nullptr;
  std::string endpoint;  ///< URL or bare host; empty = the vendor's public endpoint of `region`
  std::string region;    ///< QingStor: zone, may be empty
  Addressing addressing = Addressing::automatic;
  signers::Credentials credentials;
  std::string appid;          ///< COS: completes short bucket names
  bool sign_payload = false;  ///< S3: hash the body instead of UNSIGNED-PAYLOAD
  bool oss_v1 = false;        ///< OSS: sign V1 instead of V4
  scheduler::RetryPolicy retry;
  std::string scheme;                          ///< as the user wrote it ("ois"); empty = the dialect's own
  CredentialsProvider credentials_provider{};  ///< renews the credentials
  std::function<void(std::function<void()>)> elsewhere{};  ///< where it may block; goes with a provider
};

/// What the operation runs on: the worker's transport and loop, and the transfer's stop token. A worker
/// that is named is lent its slot while the operation pauses.
struct Call {
  scheduler::Worker* worker = nullptr;
  io::Transport* transport = nullptr;
  scheduler::Loop* loop = nullptr;
  std::stop_token stop;
  bool timed = false;  ///< sent at once, and once: neither held back nor repeated, nor learned from
};

/// Every success carries what the store said of the request itself.
struct Reply : sluice::Reply {
  int attempts = 1;
};

/// An answer as it came: status 2xx.
struct Sent {
  io::Response response;
  int attempts = 0;
};

struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;          ///< without quotes, as the store cases it
  bool opaque_etag = false;  ///< ciphered with a key of its own: the ETag is no MD5. Lists cannot tell
  std::optional<std::chrono::sys_time<std::chrono::milliseconds>> modified;
  std::string content_type;
  std::string storage_class;
  std::optional<std::uint64_t> crc64;           ///< CRC64-ECMA of the whole object
  std::optional<std::uint32_t> crc32c;          ///< full-object CRC32C (S3)
  std::optional<std::uint64_t> crc64nvme;       ///< full-object CRC64-NVME (S3)
  io::Headers system_headers;                   ///< Cache-Control, Content-Disposition, ... as stored
  std::map<std::string, std::string> metadata;  ///< user metadata, decoded, names in lower case
  Reply reply;
};

struct PutOptions {
  std::string content_type;
  std::string storage_class;
  std::string acl;
  io::Headers system_headers;
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::string> tags;
  bool forbid_overwrite = false;
  bool replace =
      false;  ///< copies: none of the source's type, headers and metadata, even where all are empty
};

struct PutReply {
  std::string etag;
  bool opaque_etag = false;  ///< as in ObjectInfo
  std::optional<std::uint64_t> crc64;
  std::optional<std::uint32_t> crc32c;
  std::optional<std::uint64_t> crc64nvme;
  Reply reply;
};

struct GetOptions {
  std::optional<io::ByteRange> range;
  std::string if_match;
  std::optional<std::uint64_t> expects{};  ///< bytes that will come, where that is known
};

/// What a list says of an object, in the facade's words: a page goes to the caller as it is.
using Listed = sluice::ObjectInfo;

struct ListOptions {
  std::string prefix, delimiter;
  std::string marker;         ///< opaque: "" or the previous page's next_marker
  std::uint32_t limit = 0;    ///< 0 = the dialect's page
  std::string start_after{};  ///< a key, when there is no marker
  bool fetch_owner = false;
  ListVersion version = ListVersion::automatic;
  std::vector<Listed> reuse{};  ///< of a page that nobody needs any more: the new one takes its memory
};
struct ListPage {
  std::vector<Listed> objects;  ///< key, size, etag, modified, storage_class; where told crc64, content_type
  std::vector<std::string> prefixes;
  std::string next_marker;  ///< empty = the last page
  Reply reply;
};

using sluice::BucketInfo;
struct BucketList {
  std::vector<BucketInfo> buckets;
  Reply reply;
};

struct PartInfo {
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  std::string etag;
  std::optional<std::uint64_t> crc64;
  std::optional<std::uint32_t> crc32c;
};
struct UploadInfo {
  std::string key, upload_id;
  std::optional<std::chrono::sys_time<std::chrono::milliseconds>> initiated;
};
struct UploadList {
  std::vector<UploadInfo> uploads;
  std::string next_key_marker, next_upload_id_marker;  ///< both empty = the last page
  Reply reply;
};
struct CreatedUpload {
  std::string id;
  Reply reply;
};
struct PartList {
  std::vector<PartInfo> parts;  ///< of every page
  Reply reply;
};

struct CompleteOptions {
  std::optional<std::uint32_t> crc32c;  ///< S3: whole object, sent as FULL_OBJECT
  std::string md5_hex;                  ///< QingStor: whole object, becomes the ETag; may be empty
  bool forbid_overwrite = false;
};

template <class T>
using Answer = scheduler::Task<Result<T>>;

class Store {
 public:
  /// Validates endpoint, region, bucket style and credentials; no request is made.
  static Result<std::shared_ptr<Store>> create(StoreConfig);
  virtual ~Store() = default;

  virtual const Dialect& dialect() const = 0;
  virtual std::string url(const Ref&) const = 0;    ///< oss://bucket/key, for messages
  virtual const std::string& identity() const = 0;  ///< endpoint and region: tells two stores apart
  /// A request where those about `ref` go, with nothing of who asks: for a look at the way there.
  virtual io::Request place(const Ref&) const = 0;
  /// The region that requests about the bucket are signed for: where it was found, else the endpoint's.
  virtual std::string region(const std::string& bucket) const = 0;

  /// A body may have to be read twice: hashed before it is sent, or sent again in another form.
  virtual bool may_read_twice() const = 0;
  /// Changes when the store has learned which forms of bodies the endpoint takes: what has failed since
  /// may do well in the new form.
  virtual unsigned forms_learned() const = 0;

  /// Refuses what the dialect's rules forbid (key length, leading '/', empty, ...), naming the rule.
  virtual Result<void> check(const Ref&) const = 0;

  /// One request of those that need nothing of their own (request_*.h, ask.h). Names are completed and
  /// checked here.
  virtual Answer<Sent> ask(Call, Draft) = 0;

  virtual Answer<ObjectInfo> head(Call, Ref) = 0;
  /// The answer's head goes to sink.begin(); a resumed attempt calls sink.rewind() first.
  virtual Answer<Reply> get(Call, Ref, GetOptions, io::BodySink*) = 0;
  virtual Answer<PutReply> put(Call, Ref, io::BodySource*, PutOptions) = 0;
  virtual Answer<Reply> remove(Call, Ref) = 0;
  virtual Answer<ListPage> list(Call, std::string bucket, ListOptions) = 0;
  /// Server-side copy of a whole object within this store.
  virtual Answer<PutReply> copy(Call, Ref from, Ref to, PutOptions, std::string if_match) = 0;

  virtual Answer<Reply> create_bucket(Call, std::string bucket, BucketOptions = {}) = 0;
  virtual Answer<Reply> head_bucket(Call, std::string bucket) = 0;
  virtual Answer<Reply> delete_bucket(Call, std::string bucket) = 0;
  virtual Answer<BucketList> list_buckets(Call, BucketListOptions = {}) = 0;  ///< every page

  virtual Answer<CreatedUpload> create_upload(Call, Ref, PutOptions) = 0;
  virtual Answer<PutReply> upload_part(Call, Ref, std::string upload_id, std::uint32_t number,
                                       io::BodySource*) = 0;
  virtual Answer<PutReply> upload_part_copy(Call, Ref from, Ref to, std::string upload_id,
                                            std::uint32_t number, io::ByteRange, std::string if_match) = 0;
  virtual Answer<PartList> list_parts(Call, Ref, std::string upload_id) = 0;
  virtual Answer<PutReply> complete_upload(Call, Ref, std::string upload_id, std::vector<PartInfo>,
                                           CompleteOptions) = 0;
  virtual Answer<Reply> abort_upload(Call, Ref, std::string upload_id) = 0;
  virtual Answer<UploadList> list_uploads(Call, std::string bucket, std::string prefix,
                                          std::string key_marker, std::string upload_id_marker) = 0;

  /// Waits for new keys where the old ones have ended: goes before what is signed and not sent.
  virtual scheduler::Task<void> keys_that_hold(Call) = 0;
  /// A URL that lets anyone do `method` on the object for `lifetime`.
  virtual Result<std::string> presign(std::string method, const Ref&, std::chrono::seconds lifetime,
                                      const PresignOptions& = {}) const = 0;
};

}  // namespace sluice::engine
