// Storage of the local store: buckets, objects and multipart uploads of all dialects on one disk.
//
// Layout of the directory: `index.db` (SQLite, keys in byte order), `data/XX/ID` (bodies over 16 KiB,
// never named by a key), `lock` (held while open). An object is a row and a list of slices of data
// files: Complete, copies and part copies write lists and copy no bytes; files go with their last
// reference. A page of a list costs the page, with prefix and delimiter too.
//
// Guarantees: a write is visible whole or not at all, also after SIGKILL at any instant; what a killed
// process left behind is removed by open(). Nothing is flushed for power loss.
//
// Every call is safe from any thread and blocks on disk: server threads call it directly or from a
// pool. Readers never wait for writers; writers wait for each other (some 50 us each).
//
// Errors: StorageResult<T> with a StorageError; the codes are the storage's own (storage_types.h) and
// each dialect turns them into its words. `no_such_bucket` may come from every call that names one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/blob.h"
#include "emulator/storage_types.h"

namespace sluice::emulator {

struct StorageOptions {
  std::string root{};                      ///< directory; made when missing
  std::function<std::int64_t()> now_ms{};  ///< clock; empty = the system's
};

struct PutOptions {
  Attributes attributes{};
  Conditions conditions{};
  std::string etag{};       ///< empty = MD5 in hex
  bool upper_etag = false;  ///< of a computed ETag
  ObjectType type = ObjectType::normal;
};

struct CopyOptions {
  std::optional<Attributes> attributes{};  ///< empty = the source's
  Conditions conditions{};                 ///< on the target
  std::string source_if_match{};
  std::string etag{};          ///< empty = the source's
  bool remove_source = false;  ///< in the same transaction: a move
};

struct OpenedObject {
  ObjectInfo info;
  Reader reader;
};

struct CreateUpload {
  std::string key{}, owner{};
  Attributes attributes{};
};

struct PutPartOptions {
  std::string etag{};  ///< empty = MD5 in hex
  bool upper_etag = false;
};

struct CopyPartOptions {
  std::optional<std::uint64_t> first{}, size{};  ///< slice of the source; empty = from the start, to the end
  std::string source_if_match{};
  std::string etag{};  ///< empty = MD5 in hex
  bool upper_etag = false;
  WriterOptions sums{};  ///< what is computed by reading the slice (no byte is copied)
};

struct CompletePart {
  std::uint32_t number = 0;
  std::string etag{};  ///< quotes and case ignored; empty = not compared
};

struct CompleteOptions {
  std::vector<CompletePart> parts{};
  bool all = false;                 ///< take every uploaded part instead of `parts`
  bool sort = false;                ///< put `parts` in order instead of refusing
  std::uint64_t min_part_size = 0;  ///< of every part but the last
  Conditions conditions{};
  HeaderList add_headers{};  ///< to those given when the upload was created
  std::string etag{};        ///< empty = MD5 of the parts' MD5s, "-", count
  bool upper_etag = false;
  std::optional<std::uint64_t> expect_size{};
  Sums expect{};  ///< those set are compared with the joined ones
};

/// One small object of bulk_put.
struct BulkObject {
  std::string key{}, body{};
  Attributes attributes{};
};

class Storage {
 public:
  static StorageResult<std::unique_ptr<Storage>> open(StorageOptions options);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  // Buckets -------------------------------------------------------------------------------------
  StorageResult<void> create_bucket(const BucketRef&, BucketInfo info);  ///< `name`, `created` are set here
  StorageResult<BucketInfo> head_bucket(const BucketRef&);               ///< from memory: cheap
  StorageResult<void> set_bucket_attributes(const BucketRef&, std::string attributes);
  /// `abort_uploads`: unfinished uploads are aborted instead of refusing with bucket_has_uploads.
  StorageResult<void> delete_bucket(const BucketRef&, bool abort_uploads = false);
  struct BucketsPage {
    std::vector<BucketInfo> buckets{};
    bool truncated = false;
  };
  /// Buckets of a namespace by name, greater than `marker`; `owner` empty = everybody's.
  BucketsPage list_buckets(std::string_view space, std::string_view prefix = {}, std::string_view marker = {},
                           std::uint32_t limit = 1000, std::string_view owner = {});
  /// Namespaces that have a bucket of this name.
  std::vector<std::string> spaces_of(std::string_view bucket);

  // Objects -------------------------------------------------------------------------------------
  Writer writer(WriterOptions options = {});
  /// Takes the writer's body as the object, replacing any. The writer is used up, also on failure.
  StorageResult<ObjectInfo> put(const BucketRef&, std::string_view key, Writer body, PutOptions options = {});
  StorageResult<ObjectInfo> head(const BucketRef&, std::string_view key);
  /// Row and body of one and the same moment.
  StorageResult<OpenedObject> get(const BucketRef&, std::string_view key);
  /// Answers whether there was one; a missing key is no error unless `if_match` is set.
  StorageResult<bool> remove(const BucketRef&, std::string_view key, std::string if_match = {});
  /// Removes many keys in one transaction; answers for each whether there was one.
  StorageResult<std::vector<bool>> remove_all(const BucketRef&, std::span<const std::string> keys);
  StorageResult<ListPage> list(const BucketRef&, const ListRequest&);
  /// Replaces headers and storage class, nothing else (modified stays; see copy for a touch).
  StorageResult<ObjectInfo> set_attributes(const BucketRef&, std::string_view key, Attributes attributes);
  /// Same bytes under another name; onto itself it changes the attributes. The copy is new in `modified`.
  StorageResult<ObjectInfo> copy(const BucketRef& from, std::string_view from_key, const BucketRef& to,
                                 std::string_view to_key, CopyOptions options = {});
  /// Adds to an appendable object, or begins one (position 0, options.attributes).
  StorageResult<ObjectInfo> append(const BucketRef&, std::string_view key, std::uint64_t position,
                                   Writer body, PutOptions options = {});
  /// Many small objects (16 KiB at most each) in one transaction; for tests and benchmarks.
  StorageResult<void> bulk_put(const BucketRef&, std::span<const BulkObject> objects);

  // Multipart -----------------------------------------------------------------------------------
  StorageResult<UploadInfo> create_upload(const BucketRef&, CreateUpload options);
  StorageResult<UploadInfo> head_upload(const UploadRef&);
  /// Replaces a part of the same number.
  StorageResult<PartInfo> put_part(const UploadRef&, std::uint32_t number, Writer body,
                                   PutPartOptions options = {});
  StorageResult<PartInfo> copy_part(const UploadRef&, std::uint32_t number, const BucketRef& from,
                                    std::string_view from_key, CopyPartOptions options = {});
  /// Parts by number, greater than `after` (-1 = from the first; a dialect may number from 0).
  StorageResult<PartsPage> list_parts(const UploadRef&, std::int64_t after = -1, std::uint32_t limit = 1000);
  StorageResult<ObjectInfo> complete(const UploadRef&, CompleteOptions options);
  StorageResult<void> abort(const UploadRef&);
  StorageResult<UploadsPage> list_uploads(const BucketRef&, const ListUploadsRequest&);

  /// Compares index and data directory; answers what is wrong, one line each. For tests: it reads all,
  /// and nothing may write meanwhile.
  std::vector<std::string> verify();

  class State;

 private:
  explicit Storage(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::emulator
