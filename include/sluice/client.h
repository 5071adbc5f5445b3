// The facade: open a Client, make Stores with it, start Transfers, ask single questions.
//
// Every call here may be made from any thread. Transfers run on the client's workers; single
// requests (head, list, ...) block the caller while a worker does them. Nothing throws.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "sluice/properties.h"
#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice {

class Store;

/// Where an upload's bytes come from. An exception out of a callback is the transfer's error.
class Source {
 public:
  static Source file(std::string path);
  /// The caller keeps `bytes` alive until the transfer has ended.
  static Source memory(std::span<const char> bytes);
  /// Unknown length. `read` fills part of the span and returns the count, 0 at the end, or an error;
  /// it may block; it is called from one thread at a time.
  static Source stream(std::function<Result<std::size_t>(std::span<char>)> read);
  /// What a web server answers to a GET of "http://..." or "https://...": a stream, within
  /// ClientOptions::memory. Content type and coding are the server's unless TransferOptions say otherwise. Up
  /// to 5 redirects are followed, none from https to http. A body that breaks off is asked for from there on
  /// when the server has named its version (a strong ETag, or Last-Modified) and takes ranges; otherwise the
  /// transfer fails, as it does when less came than was announced, and no object appears. User info is sent
  /// as Basic authorization; neither it nor the query is in any message.
  static Source url(std::string url);

  struct Data;
  const Data& data() const { return *data_; }

 private:
  std::shared_ptr<Data> data_;
};

/// Where a download's bytes go.
class Sink {
 public:
  /// Written as `path`.sluice-part and renamed when complete and checked.
  static Sink file(std::string path);
  /// `into` is resized and filled; valid once the transfer has ended well.
  static Sink memory(std::string* into);
  /// Called with the object's bytes in order, from one thread at a time; may block.
  static Sink stream(std::function<Result<void>(std::string_view)> write);

  struct Data;
  const Data& data() const { return *data_; }

 private:
  std::shared_ptr<Data> data_;
};

/// A running or ended transfer. Copies refer to the same one. Dropping every copy does not stop it.
class Transfer {
 public:
  /// Blocks until the end. The same answer every time.
  Result<TransferReport> wait();
  /// Ends it early: state is saved, nothing half-done is left under a final name, wait() answers
  /// `cancelled`. A later transfer of the same source and target resumes. Any thread, any time.
  void cancel();
  Progress progress() const;

  class State;
  explicit Transfer(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

/// One store with one set of credentials. Copies refer to the same one. Must not outlive its Client.
class Store {
 public:
  Result<ObjectInfo> head(std::string bucket, std::string key, Conditions conditions = {});
  /// False when the store says there is no such key; a missing bucket is an error where the store tells.
  Result<Answered<bool>> object_exists(std::string bucket, std::string key);
  /// Bytes [first, last] (to the end when `last` is empty), at most 64 MiB.
  Result<std::string> read(std::string bucket, std::string key, std::uint64_t first = 0,
                           std::optional<std::uint64_t> last = {});
  Result<Reply> remove(std::string bucket, std::string key);  ///< a missing key is no error
  /// `reuse`: a page that is no longer needed, whose memory the new one takes.
  Result<ListPage> list(std::string bucket, ListOptions options = {}, ListPage reuse = {});
  Result<Reply> create_bucket(std::string bucket, BucketOptions options = {});
  Result<Reply> head_bucket(std::string bucket);
  Result<Answered<bool>> bucket_exists(std::string bucket);
  Result<Reply> delete_bucket(std::string bucket);
  Result<BucketList> list_buckets(BucketListOptions options = {});  ///< every page
  /// Multipart uploads that were started and neither completed nor aborted.
  Result<std::vector<UploadInfo>> list_uploads(std::string bucket, std::string prefix = {});
  /// Aborts what our own records own and nobody is working on; answers what was aborted.
  Result<std::vector<UploadInfo>> collect_uploads(std::string bucket, std::string prefix = {});
  /// `method`: GET, HEAD, PUT or DELETE. `lifetime`: 1 second to 7 days.
  Result<std::string> presign(std::string method, std::string bucket, std::string key,
                              std::chrono::seconds lifetime, PresignOptions options = {});
  // Everything else that is asked of one bucket or object: operations.h.
  /// Measures: one kind of request, over and over by some connections at once. Blocks for duration + grace
  /// at most. Nothing that fails is sent again, and nothing is held back for the store's sake. Fails when the
  /// store refuses for good, when nothing succeeded, and with `cancelled` after `stop`.
  Result<ProbeReport> probe(std::string bucket, ProbeOptions options, std::stop_token stop = {});
  std::string url(const std::string& bucket, const std::string& key) const;
  const std::string& scheme() const;

  class State;
  explicit Store(std::shared_ptr<State> state) : state_(std::move(state)) {}
  State& state() const { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

class Client {
 public:
  static Result<Client> open(ClientOptions options = {});
  /// Shares the limits of `limited`: both together keep to them, whichever is told of others.
  static Result<Client> open(ClientOptions options, const Client& limited);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();  ///< cancels what still runs and waits for it

  Result<Store> store(StoreOptions options);

  /// From now on, also for what runs already, which sees them within a quarter of a second.
  void set_limits(Limits limits);

  Transfer upload(Source from, Store to, std::string bucket, std::string key, TransferOptions = {});
  Transfer download(Store from, std::string bucket, std::string key, Sink to, TransferOptions = {});
  /// Server-side within one store, streamed through memory between two.
  Transfer copy(Store from, std::string bucket, std::string key, Store to, std::string to_bucket,
                std::string to_key, TransferOptions = {});

  /// Every regular file below `directory`, as `prefix` + path with '/'. Symbolic links are not
  /// followed (noted). One bad file does not stop the rest; wait() answers a report with `failed`.
  Transfer upload_tree(std::string directory, Store to, std::string bucket, std::string prefix,
                       TransferOptions = {});
  /// Every key that begins with `prefix`, below `directory`. Keys that would leave it are refused.
  Transfer download_tree(Store from, std::string bucket, std::string prefix, std::string directory,
                         TransferOptions = {});
  Transfer copy_tree(Store from, std::string bucket, std::string prefix, Store to, std::string to_bucket,
                     std::string to_prefix, TransferOptions = {});

  class State;

 private:
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice
