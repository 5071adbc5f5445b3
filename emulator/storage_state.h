// The insides of Storage: one writing connection under a mutex, a pool of reading ones, and the
// buckets in memory.
//
// A change is a Change: it holds the writing mutex and a transaction from its begin to its commit, and
// removes the data files that lost their last reference after the commit, never before. Reads take a
// connection from the pool and see the last commit. Lock order: writing, then buckets.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "emulator/blob_state.h"
#include "emulator/index_sql.h"
#include "emulator/storage.h"

namespace sluice::emulator {

struct Bucket {
  std::int64_t id = 0;
  BucketInfo info;
};

/// Namespace, then name; looked up without making strings.
struct BucketOrder {
  using is_transparent = void;
  using View = std::pair<std::string_view, std::string_view>;
  bool operator()(const View& a, const View& b) const { return a < b; }
};

/// A row of the objects.
struct ObjectRow {
  ObjectInfo info;
  std::int64_t content = 0;  ///< row of the body; 0 = empty body
};

/// A row and its body, pinned.
struct OpenedBody {
  ObjectRow row;
  Reader::State reader;
};

class Storage::State {
 public:
  explicit State(StorageOptions given) : options(std::move(given)) {}
  ~State();

  StorageResult<void> open();
  StorageResult<Bucket> bucket(const BucketRef& ref) const;
  StorageResult<OpenedBody> open_body(const BucketRef& ref, std::string_view key);
  std::int64_t now() const;

  StorageOptions options;
  OpenFile lock;
  std::shared_ptr<BlobFiles> files;

  std::mutex writing;  // guards the four below
  std::optional<Database> writer;
  std::int64_t last_content = 0;
  std::int64_t last_upload = 0;
  std::string last_upload_id;

  std::mutex pool_mutex;
  std::vector<std::unique_ptr<Database>> pool;

  mutable std::shared_mutex buckets_mutex;
  std::map<std::pair<std::string, std::string>, Bucket, BucketOrder> buckets;

 private:
  StorageResult<void> lock_directory();
  StorageResult<void> load();
  StorageResult<void> collect_leftovers();
};

/// A reading connection, given back when it goes.
class Reading {
 public:
  static StorageResult<Reading> take(Storage::State& state);
  Reading(Reading&&) noexcept = default;
  Reading& operator=(Reading&&) = delete;
  ~Reading();
  Database* operator->() { return database_.get(); }
  Database& operator*() { return *database_; }

 private:
  Reading(Storage::State& state, std::unique_ptr<Database> database)
      : state_(&state), database_(std::move(database)) {}
  Storage::State* state_;
  std::unique_ptr<Database> database_;
};

/// One transaction of the writing connection; rolled back unless committed.
class Change {
 public:
  explicit Change(Storage::State& state);
  ~Change();
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  Database& database() { return *state_.writer; }
  StorageResult<void> commit() {
    return commit([] {});
  }
  /// `then` runs while writers still wait: what is in memory changes with the index.
  template <class Then>
  StorageResult<void> commit(Then then) {
    if (auto committed = commit_rows(); !committed) return committed;
    then();
    finish();
    return {};
  }
  /// The error to answer with: the database's own where it failed, else `meant`.
  StorageError refuse(StorageError meant) const;

  /// The bucket as of this transaction.
  StorageResult<Bucket> bucket(const BucketRef& ref) const { return state_.bucket(ref); }
  std::optional<ObjectRow> object(const Bucket& bucket, std::string_view key);
  void store_object(const Bucket& bucket, const ObjectRow& row);
  bool erase_object(const Bucket& bucket, std::string_view key);  ///< and releases its body

  /// A body of slices whose references are already counted, then a tail; 0 when both are empty.
  std::int64_t add_content(const Extents& extents, std::string_view tail);
  std::optional<Reader::State> read_content(std::int64_t content);
  bool has_content(std::int64_t content);
  void share_content(std::int64_t content);
  /// In place, where nobody shares it: the references that the old slices hold pass to the new ones.
  bool replace_content(std::int64_t content, const Extents& extents, std::string_view tail);
  void release_content(std::int64_t content);

  void add_file(std::uint64_t file);         ///< with one reference
  void share_files(const Extents& extents);  ///< one more reference a slice
  void release_files(const Extents& extents);

  /// Slices, counted, of a finished writer's body; parts live in files, whatever their size.
  StorageResult<Extents> take_file(Writer::State& body);

  struct UploadRow {
    std::int64_t number = 0;
    UploadInfo info;
  };
  std::optional<UploadRow> upload(const Bucket& bucket, const UploadRef& ref);
  void erase_upload(const Bucket& bucket, const UploadRef& ref, std::int64_t number);
  /// Rows of upload and parts go; the references of the parts are now somebody else's.
  void forget_upload(const Bucket& bucket, const UploadRef& ref, std::int64_t number);
  void erase_uploads(const Bucket& bucket);
  void erase_parts(std::int64_t upload);  ///< rows and references

 private:
  StorageResult<void> commit_rows();
  void finish();

  Storage::State& state_;
  std::unique_lock<std::mutex> lock_;
  bool open_ = false;
  std::vector<std::uint64_t> gone_;  // files to remove after the commit
};

/// Columns of an object in the order that unpack_object reads them.
#define SLUICE_OBJECT_COLUMNS "key, modified, size, type, parts, content, etag, storage_class, sums, headers"
ObjectRow unpack_object(const Statement& row, bool headers);

/// Quotes, "W/" and case do not count.
bool same_etag(std::string_view a, std::string_view b);
std::string etag_of(const Digest& digest, std::string_view given, bool upper);
/// What the conditions say to the object that is there, if any.
std::optional<StorageError> refused_by(const Conditions& conditions, const std::optional<ObjectRow>& there);

/// The smallest text greater than all that begin with `prefix`; empty = there is none.
std::string after_all_with(std::string_view prefix);

inline StorageError no_such_bucket(const BucketRef& ref) {
  return {StorageCode::no_such_bucket, "no bucket " + ref.name + " in " + ref.space};
}
inline StorageError no_such_key(std::string_view key) {
  return {StorageCode::no_such_key, "no object " + std::string(key)};
}

}  // namespace sluice::emulator
