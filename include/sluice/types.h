// The words of the public interface. Sizes are bytes, times are std::chrono.
//
// Every option has an initialiser, so that `{.region = "..."}` compiles without a warning.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/result.h"

namespace sluice {

/// Header fields in the order they came. Names compare without case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a store said of one request, beside its answer. Of a call that made several: the last one's.
struct Reply {
  int status = 0;            ///< HTTP status
  std::string request_id{};  ///< what the vendor's support will ask for
  Headers headers{};
  /// The first field of that name; empty when there is none.
  std::string header(std::string_view name) const;
};

/// A single value and what the store said of the request.
template <class T>
struct Answered {
  T value{};
  Reply reply{};
};

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// A key pair, with a token when temporary.
struct Credentials {
  std::string access_key{};
  std::string secret_key{};
  std::string security_token{};        ///< STS / session token; empty for permanent keys
  std::optional<TimePoint> expires{};  ///< when temporary ones end; empty = not known, or never
};

/// Gives the credentials to use from now on, or says why there are none. It may block, for a minute at
/// most: what needs new keys waits for it, cancelled or not. Each store makes one call at a time; an
/// exception out of it is an error like any other.
using CredentialsProvider = std::function<Result<Credentials>()>;

/// How the bucket is named in a request. automatic: path style for IP literals and localhost (used
/// exactly as given), the vendor's rule for any other endpoint.
enum class Addressing { automatic, virtual_host, path };

/// How files are read for upload. automatic: mapped unless the file system is remote.
enum class FileIo { automatic, map, pread };

/// kill: survives SIGKILL at any instant. power: also loss of power (files are flushed in groups
/// before the records that claim them).
enum class Durability { kill, power };

struct StoreOptions {
  std::string scheme{};    ///< "oss", "cos", "tos", "qs" ("ois", "qingstor"), "s3"
  std::string endpoint{};  ///< URL or host; empty = the vendor's public endpoint of `region`
  std::string region{};    ///< QingStor: the zone, may be empty
  Addressing addressing = Addressing::automatic;
  Credentials credentials{};
  /// Renews temporary credentials while transfers run: asked in the last quarter of their time, 5 minutes
  /// before they expire at most, and when the store says that they have ended. Requests go on with the old
  /// ones as long as those hold. Called on a thread that serves no transfer; when `credentials` is empty,
  /// by Client::store() as well.
  std::shared_ptr<const CredentialsProvider> credentials_provider{};
  std::string appid{};        ///< COS: completes short bucket names
  bool sign_payload = false;  ///< S3: sign the body's SHA-256 instead of UNSIGNED-PAYLOAD
  bool oss_v1 = false;        ///< OSS: V1 signatures instead of V4
};

/// What all requests of a client together keep to; 0 = no limit. Bytes are those of objects' bodies: answers
/// such as lists, and copies within a store, are not held back. Up to an eighth of a second's bytes may go at
/// once after a pause. Under a limit fewer requests are in flight: each is left 64 KiB a second or more.
struct Limits {
  std::uint64_t up = 0, down = 0;  ///< bytes a second
  double requests = 0;             ///< a second, of any kind; 0.5 = one in two seconds
  bool operator==(const Limits&) const = default;
};

struct ClientOptions {
  unsigned workers = 0;  ///< threads with an event loop; 0 = 2, or 1 on one core. 1..64
  /// Requests in flight over all workers, 1..1024; 0 = found while running: 8 to 256, more while more
  /// of them move more; of requests of less than 8 MiB up to eight times as many, 256 at most.
  unsigned concurrency = 0;
  unsigned jobs = 0;  ///< large objects at once in trees; 0 = concurrency, or 64 where that is found
  std::uint64_t memory = 256ull << 20;  ///< ceiling for buffers in flight, bytes; at least 16 MiB
  FileIo io = FileIo::automatic;
  std::string state_dir{};  ///< empty = $XDG_STATE_HOME/sluice, else ~/.local/state/sluice
  std::string ca_file{};    ///< PEM bundle; empty = the system's
  bool stealing = true;     ///< off: a transfer's parts stay on the worker they were given to
  int max_attempts = 8;     ///< requests made before an operation gives up. 1..100
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds stall_timeout{30};  ///< a connection slower than 1 KiB/s for this long is given up
  Limits limits{};  ///< what it begins with; Client::set_limits changes them. Time that they take is no stall
};

/// One moment of a transfer. Callbacks come from one thread at a time, at most 10 times a second,
/// never go back, and end with the end state. A callback may block: no part waits for it.
struct Progress {
  std::uint64_t bytes_done = 0;                ///< bytes that need not be sent again, resumed ones included
  std::optional<std::uint64_t> bytes_total{};  ///< empty for a stream of unknown length
  std::uint64_t parts_done = 0;
  std::optional<std::uint64_t> parts_total{};
  std::uint64_t objects_done = 0;  ///< trees; 1 at the end of a single object
  double bytes_per_second = 0;     ///< over the last few seconds
  bool finished = false;           ///< the last call
};
using ProgressCallback = std::function<void(const Progress&)>;

/// What a transfer did.
struct TransferReport {
  std::uint64_t bytes = 0;          ///< size of the object (trees: sum)
  std::uint64_t bytes_resumed = 0;  ///< of these, found finished by an earlier run
  std::uint64_t parts = 0;          ///< parts moved by this run
  std::uint64_t parts_resumed = 0;
  std::uint64_t requests = 0;  ///< attempts included
  std::uint64_t retries = 0;
  std::uint64_t stolen = 0;  ///< parts carried by another worker than the one given
  std::vector<std::uint64_t> parts_by_worker{};
  std::string etag{};
  std::optional<std::uint64_t> crc64{};   ///< CRC64-ECMA of the whole object where computed
  std::optional<std::uint32_t> crc32c{};  ///< CRC32C of the whole object where computed (uploads to S3)
  std::string checked{};  ///< how integrity was established: "crc64", "crc32c", "crc64nvme", "md5" (of every
                          ///< part), "size"
  std::chrono::duration<double> elapsed{};
  std::vector<std::string> notes{};  ///< e.g. "started afresh: source changed"
  // Trees only:
  std::uint64_t objects = 0, failed = 0;
  std::uint64_t left_alone = 0;         ///< were there already, see TransferOptions::forbid_overwrite
  std::vector<std::string> failures{};  ///< first 1,000, one line each
};

/// Bytes [first, last] of an object, to its end when `last` is empty; `last` beyond the end is the end.
struct ByteSpan {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last{};
};

/// What a tree leaves alone; empty ones leave nothing. Asked from any thread, and should not block.
struct TreeWishes {
  /// False: this one is left alone. `name`: below the tree.
  std::function<bool(const std::string& name, std::uint64_t size, const std::optional<TimePoint>& modified)>
      wanted{};
  /// Of a local tree's directories, by their names with a '/' behind; false: it stays unread.
  std::function<bool(std::string_view directory)> enter{};
};

struct TransferOptions {
  /// Bytes; 0 = planned from size and the store's limits, or those that an earlier run began with. Any
  /// other size than those starts the transfer afresh.
  std::uint64_t part_size = 0;
  /// Bytes; what such a plan begins with, and leaves where the object or the store need it: a wish, where
  /// part_size is an order. Streamed uploads take no notice. 0 = 8 MiB
  std::uint64_t usual_part = 0;
  std::uint64_t threshold = 0;  ///< objects larger than this use parts; 0 = 16 MiB
  bool resume = true;
  Durability durability = Durability::kill;
  ProgressCallback progress{};
  TreeWishes tree{};
  std::optional<ByteSpan> range{};  ///< downloads to a stream or memory only; the whole when empty
  // Stored with an uploaded or copied object:
  std::string content_type{};  ///< empty = by the key's extension
  std::string storage_class{};
  std::string acl{};  ///< a word of the store's: "private", "public-read", ...
  /// Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires; others are refused.
  std::map<std::string, std::string> headers{};
  std::map<std::string, std::string> metadata{};
  std::map<std::string, std::string> tags{};
  /// An object or file that exists is left alone: of a single one the transfer's error is_already_exists(), a
  /// tree goes on (TransferReport::left_alone). S3 copies and QingStor are asked just before, every other
  /// store refuses by itself, so that of two writers one wins.
  bool forbid_overwrite = false;
  bool keep_times =
      false;  ///< downloaded files have their object's time of modification, not that of the download
};

struct ObjectInfo {
  std::string key{};
  std::uint64_t size = 0;
  std::string etag{};        ///< without quotes
  bool opaque_etag = false;  ///< ciphered with a key of its own: the ETag is no MD5. Lists cannot tell
  std::optional<TimePoint> modified{};
  std::string content_type{}, storage_class{};
  std::optional<std::uint64_t> crc64{};
  std::map<std::string, std::string> metadata{};
  std::string owner{}, owner_name{};  ///< lists only, where they were asked for (ListOptions::fetch_owner)
  Reply reply{};                      ///< not in lists
};

/// Which of its lists a store is asked for; both answer the same. automatic: the second where there is one.
enum class ListVersion { automatic, v1, v2 };

struct ListOptions {
  std::string prefix{}, delimiter{};
  std::string marker{};       ///< "" or ListPage::next_marker
  std::uint32_t limit = 0;    ///< keys a page; 0 = the store's largest
  std::string start_after{};  ///< keys behind this one, which need not exist; a marker overrides it
  bool fetch_owner = false;   ///< with ObjectInfo::owner
  ListVersion version = ListVersion::automatic;
};
struct ListPage {
  std::vector<ObjectInfo> objects{};
  std::vector<std::string> prefixes{};  ///< common prefixes, with delimiter
  std::string next_marker{};            ///< empty = last page
  Reply reply{};
};
struct BucketInfo {
  std::string name{}, region{};
  std::optional<TimePoint> created{};
};
struct BucketListOptions {
  std::string prefix{};                ///< of names
  std::string after{};                 ///< names behind this one
  std::string tag_key{}, tag_value{};  ///< of buckets with this tag; an empty value = any (OSS)
};
struct BucketList {
  std::vector<BucketInfo> buckets{};
  Reply reply{};
};
struct UploadInfo {
  std::string bucket{}, key{}, upload_id{};
  std::optional<TimePoint> initiated{};
  bool ours = false;  ///< a record in the state directory owns it
};

/// What Store::probe asks for, over and over.
struct ProbeOptions {
  bool upload = false;                ///< else downloads, which go nowhere
  std::vector<ObjectInfo> objects{};  ///< `key`; for downloads also `size`, above 0. Used in turn
  std::uint64_t bytes = 0;   ///< a request: the whole of an upload, the range of a download; at least 1
  unsigned connections = 1;  ///< requests in flight, 1..1024, whatever the client's concurrency
  std::chrono::milliseconds duration{1000};  ///< of the load
  /// More, for the requests of the load to end while others keep it up; then they are cut off.
  std::chrono::milliseconds grace{10'000};
  std::uint64_t max_bytes = 0;  ///< of all requests; the load ends with half of them. 0 = no limit
};

/// One request of a probe. Times count from the probe's beginning.
struct ProbeRequest {
  enum class Outcome {
    done,
    throttled,  ///< 429, 503 and kin
    failed,     ///< in a way that may not happen again: network, timeout, 500
    cut,        ///< by the probe's end; of an upload the store may yet make an object
  };
  Outcome outcome = Outcome::done;
  std::uint32_t object = 0;  ///< index in ProbeOptions::objects
  std::uint64_t bytes = 0;   ///< received, or acknowledged by the store
  std::chrono::nanoseconds began{}, ended{};
  std::chrono::nanoseconds first_byte{};  ///< of a download's answer; 0 when none came
};
struct ProbeReport {
  std::vector<ProbeRequest> requests{};  ///< those begun in the load, in no order
  std::chrono::nanoseconds load{};       ///< how long all connections were busy: the time to judge
  std::chrono::nanoseconds cpu{};        ///< that this process used meanwhile
  unsigned workers = 0;                  ///< threads that moved the data
  /// Of every request, also of those that only kept the load up: more were not moved.
  std::uint64_t bytes_begun = 0;
};

}  // namespace sluice
