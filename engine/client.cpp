// The facade over the engine: turns blocking calls and handles into coroutines on the workers.
#include "sluice/client.h"

#include <algorithm>
#include <future>
#include <list>

#include <fmt/format.h>

#include "engine/copy.h"
#include "engine/download.h"
#include "engine/ends.h"
#include "engine/multipart_session.h"
#include "engine/stream_download.h"
#include "engine/stream_upload.h"
#include "engine/transfer_state.h"
#include "engine/tree.h"
#include "engine/upload.h"
#include "io/file_sink.h"
#include "io/state_store.h"

namespace sluice {

using engine::Ref;
using engine::Runtime;
using engine::TransferContext;
using scheduler::Task;
using scheduler::Worker;

class Store::State {
 public:
  Runtime* runtime = nullptr;
  std::shared_ptr<engine::Store> store;
  std::string scheme;
  std::string account;  ///< access key: whose requests these are
};

class Client::State {
 public:
  std::unique_ptr<Runtime> runtime;

  void keep(const std::shared_ptr<Transfer::State>& transfer) {
    std::lock_guard lock(mutex_);
    std::erase_if(live_, [](const auto& old) { return old.expired(); });
    live_.push_back(transfer);
  }
  ~State() {
    std::lock_guard lock(mutex_);
    for (const auto& weak : live_)
      if (auto transfer = weak.lock()) transfer->stop.request_stop();
  }

 private:
  std::mutex mutex_;
  std::list<std::weak_ptr<Transfer::State>> live_;
};

namespace {

/// What a transfer does, given its worker and context.
using Drive = std::function<Task<Result<TransferReport>>(Worker*, TransferContext*)>;

Task<void> drive(Worker* home, Runtime* runtime, std::shared_ptr<Transfer::State> state,
                 TransferOptions options, Drive run, std::string operation, std::string target) {
  TransferContext context;
  context.runtime = runtime;
  context.stop = state->stop;
  context.meter = &state->meter;
  context.options = std::move(options);
  auto result = co_await run(home, &context);
  if (result) {
    state->meter.object_done();
    state->finish(std::move(result));
  } else {
    state->finish(unexpected(result.error().with(operation, target)));
  }
  // The last reference may wait for a callback: never on a worker.
  runtime->pool.post([last = std::move(state)] {});
}

Transfer launch(Client::State& client, TransferOptions options, std::string operation, std::string target,
                Drive run) {
  auto state = std::make_shared<Transfer::State>(options.progress);
  client.keep(state);
  Worker& home = client.runtime->workers->next_worker();
  home.workers().spawn(home.index(), drive(&home, client.runtime.get(), state, std::move(options), std::move(run),
                                           std::move(operation), std::move(target)));
  return Transfer(std::move(state));
}


template <class T>
Task<void> fulfil(Worker* worker, std::function<Task<Result<T>>(engine::Call)> ask,
                  std::shared_ptr<std::promise<Result<T>>> promise) {
  promise->set_value(co_await ask(engine::call_on(*worker, std::stop_token())));
}

/// Runs one request on a worker and blocks the caller until its answer.
template <class T>
Result<T> ask(Runtime& runtime, std::function<Task<Result<T>>(engine::Call)> question) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto answer = promise->get_future();
  Worker& worker = runtime.workers->next_worker();
  runtime.workers->spawn(worker.index(), fulfil<T>(&worker, std::move(question), std::move(promise)));
  return answer.get();
}

template <class T>
Result<void> only_whether(const Result<T>& answer) {
  if (!answer) return unexpected(answer.error());
  return {};
}

ObjectInfo to_public(engine::ObjectInfo info) {
  ObjectInfo out;
  out.key = std::move(info.key);
  out.size = info.size;
  out.etag = std::move(info.etag);
  out.modified = info.modified;
  out.content_type = std::move(info.content_type);
  out.storage_class = std::move(info.storage_class);
  out.crc64 = info.crc64;
  out.metadata = std::move(info.metadata);
  out.request_id = std::move(info.reply.request_id);
  return out;
}

Task<Result<TransferReport>> upload_any(Worker* home, TransferContext* context, Source from,
                                        std::shared_ptr<engine::Store> store, Ref to) {
  const auto& end = from.data().end;
  if (const auto* stream = std::get_if<StreamSource>(&end))
    co_return co_await engine::upload_stream(home, context, stream->read, store, to);
  if (const auto* memory = std::get_if<MemorySource>(&end))
    co_return co_await engine::upload(home, context, engine::memory_bytes(memory->bytes), store, to);
  const std::string path = std::get<FileEnd>(end).path;
  auto file = co_await context->runtime->pool.run(
      home->loop(), [&] { return io::SourceFile::open(path, context->runtime->options.io); });
  if (!file) co_return unexpected(file.error());
  co_return co_await engine::upload(home, context, engine::file_bytes(std::move(*file)), store, to);
}

/// A range has no part file to resume: it goes to memory piece by piece.
Task<Result<TransferReport>> download_range(Worker* home, TransferContext* context,
                                            std::shared_ptr<engine::Store> store, Ref from,
                                            std::variant<FileEnd, MemorySink, StreamSink> to) {
  const auto* memory = std::get_if<MemorySink>(&to);
  if (!memory) co_return fail(ErrorKind::argument, "a range goes to a stream or to memory, not to a file");
  memory->into->clear();
  engine::StreamWriter append = [into = memory->into](std::string_view piece) -> Result<void> {
    into->append(piece);
    return {};
  };
  co_return co_await engine::download_stream(home, context, store, from, std::move(append));
}

Task<Result<TransferReport>> download_any(Worker* home, TransferContext* context,
                                          std::shared_ptr<engine::Store> store, Ref from, Sink to) {
  const auto& end = to.data().end;
  if (const auto* stream = std::get_if<StreamSink>(&end))
    co_return co_await engine::download_stream(home, context, store, from, stream->write);
  if (context->options.range) co_return co_await download_range(home, context, store, from, end);
  engine::DownloadSpec spec;
  spec.store = store;
  spec.from = from;
  if (const auto* memory = std::get_if<MemorySink>(&end)) {
    spec.memory = memory->into;
  } else {
    spec.path = std::get<FileEnd>(end).path;
  }
  co_return co_await engine::download(home, context, std::move(spec));
}

Task<Result<std::string>> read_range(engine::Call call, std::shared_ptr<engine::Store> store, Ref ref,
                                     std::uint64_t first, std::optional<std::uint64_t> last) {
  constexpr std::uint64_t kMost = 64ull << 20;
  if (auto fine = store->check(ref); !fine) co_return unexpected(fine.error());
  auto info = co_await store->head(call, ref);
  if (!info) co_return unexpected(info.error());
  std::string bytes;
  if (info->size == 0 && first == 0) co_return bytes;
  ByteSpan span;
  span.first = first;
  span.last = last;
  auto length = engine::length_of(span, info->size);
  if (!length) co_return unexpected(length.error());
  if (*length > kMost) co_return fail(ErrorKind::argument, fmt::format("a read answers at most {} bytes", kMost));
  bytes.resize(*length);
  io::ExpectedRange expected;
  expected.first = first;
  expected.length = *length;
  expected.total = info->size;
  expected.etag = info->etag;
  const auto sink = io::memory_sink(&bytes, 0, *length, io::kNoDigest, expected);
  engine::GetOptions get;
  get.if_match = info->etag;
  io::ByteRange range;
  range.first = first;
  range.last = first + *length - 1;
  get.range = range;
  auto reply = co_await store->get(call, ref, std::move(get), sink.get());
  if (!reply) co_return unexpected(reply.error());
  if (auto done = sink->finish(); !done) co_return unexpected(done.error());
  co_return bytes;
}

Task<Result<std::vector<UploadInfo>>> all_uploads(engine::Call call, std::shared_ptr<engine::Store> store,
                                                  std::string bucket, std::string prefix) {
  std::vector<UploadInfo> all;
  std::string key_marker, id_marker;
  do {
    auto page = co_await store->list_uploads(call, bucket, prefix, key_marker, id_marker);
    if (!page) co_return unexpected(page.error());
    for (engine::UploadInfo& upload : page->uploads) {
      UploadInfo one;
      one.bucket = bucket;
      one.key = std::move(upload.key);
      one.upload_id = std::move(upload.upload_id);
      one.initiated = upload.initiated;
      all.push_back(std::move(one));
    }
    key_marker = page->next_key_marker;
    id_marker = page->next_upload_id_marker;
  } while (!key_marker.empty() || !id_marker.empty());
  co_return all;
}

bool owns(const io::OwnedTransfer& owned, const engine::Store& store, const std::string& bucket,
          const std::string& prefix) {
  return owned.record.target_identity == store.identity() && owned.record.bucket == bucket &&
         owned.record.object.starts_with(prefix) && !owned.record.object.empty();
}

/// Aborts what one record owns and forgets it. Empty: there was nothing at the store any more.
Task<Result<std::optional<UploadInfo>>> collect_one(engine::Call call, std::shared_ptr<engine::Store> store,
                                                    io::TransferRecord record) {
  std::string id = record.upload_id;
  if (id.empty()) {
    auto found = co_await engine::find_orphan(call, store, record);
    if (!found) co_return unexpected(found.error());
    id = *found;
  }
  if (id.empty()) co_return std::optional<UploadInfo>();
  Ref to;
  to.bucket = record.bucket;
  to.key = record.object;
  auto aborted = co_await store->abort_upload(call, to, id);
  if (!aborted) {
    if (is_not_found(aborted.error())) co_return std::optional<UploadInfo>();
    co_return unexpected(aborted.error());
  }
  UploadInfo info;
  info.bucket = record.bucket;
  info.key = record.object;
  info.upload_id = id;
  info.ours = true;
  co_return std::optional<UploadInfo>(std::move(info));
}

}  // namespace

Source Source::file(std::string path) {
  Source source;
  source.data_ = std::make_shared<Data>(Data{FileEnd{std::move(path)}});
  return source;
}
Source Source::memory(std::span<const char> bytes) {
  Source source;
  source.data_ = std::make_shared<Data>(Data{MemorySource{bytes}});
  return source;
}
Source Source::stream(std::function<Result<std::size_t>(std::span<char>)> read) {
  Source source;
  source.data_ = std::make_shared<Data>(Data{StreamSource{std::move(read)}});
  return source;
}
Sink Sink::file(std::string path) {
  Sink sink;
  sink.data_ = std::make_shared<Data>(Data{FileEnd{std::move(path)}});
  return sink;
}
Sink Sink::memory(std::string* into) {
  Sink sink;
  sink.data_ = std::make_shared<Data>(Data{MemorySink{into}});
  return sink;
}
Sink Sink::stream(std::function<Result<void>(std::string_view)> write) {
  Sink sink;
  sink.data_ = std::make_shared<Data>(Data{StreamSink{std::move(write)}});
  return sink;
}

Result<TransferReport> Transfer::wait() { return state_->wait(); }
void Transfer::cancel() { state_->stop.request_stop(); }
Progress Transfer::progress() const { return state_->meter.snapshot(); }

Result<ObjectInfo> Store::head(std::string bucket, std::string key) {
  Ref ref{std::move(bucket), std::move(key)};
  if (auto fine = state_->store->check(ref); !fine) return unexpected(fine.error());
  auto answer = ask<engine::ObjectInfo>(*state_->runtime, [store = state_->store, ref](engine::Call call) { return store->head(call, ref); });
  if (!answer) return unexpected(answer.error());
  return to_public(std::move(*answer));
}

Result<std::string> Store::read(std::string bucket, std::string key, std::uint64_t first,
                                std::optional<std::uint64_t> last) {
  Ref ref{std::move(bucket), std::move(key)};
  auto answer = ask<std::string>(*state_->runtime, [state = state_, ref, first, last](engine::Call call) {
    return read_range(call, state->store, ref, first, last);
  });
  if (!answer) return unexpected(answer.error().with("read", url(ref.bucket, ref.key)));
  return answer;
}

Result<void> Store::remove(std::string bucket, std::string key) {
  Ref ref{std::move(bucket), std::move(key)};
  if (auto fine = state_->store->check(ref); !fine) return fine;
  return only_whether(ask<engine::Reply>(*state_->runtime, [store = state_->store, ref](engine::Call call) { return store->remove(call, ref); }));
}

Result<ListPage> Store::list(std::string bucket, ListOptions options) {
  engine::ListOptions inner;
  inner.prefix = std::move(options.prefix);
  inner.delimiter = std::move(options.delimiter);
  inner.marker = std::move(options.marker);
  inner.limit = options.limit;
  auto answer = ask<engine::ListPage>(*state_->runtime, [store = state_->store, bucket, inner](engine::Call call) { return store->list(call, bucket, inner); });
  if (!answer) return unexpected(answer.error());
  ListPage page;
  page.objects.reserve(answer->objects.size());
  for (engine::ObjectInfo& object : answer->objects) page.objects.push_back(to_public(std::move(object)));
  page.prefixes = std::move(answer->prefixes);
  page.next_marker = std::move(answer->next_marker);
  return page;
}

Result<void> Store::create_bucket(std::string bucket) {
  return only_whether(ask<engine::Reply>(*state_->runtime, [store = state_->store, bucket](engine::Call call) { return store->create_bucket(call, bucket); }));
}
Result<void> Store::head_bucket(std::string bucket) {
  return only_whether(ask<engine::Reply>(*state_->runtime, [store = state_->store, bucket](engine::Call call) { return store->head_bucket(call, bucket); }));
}
Result<void> Store::delete_bucket(std::string bucket) {
  return only_whether(ask<engine::Reply>(*state_->runtime, [store = state_->store, bucket](engine::Call call) { return store->delete_bucket(call, bucket); }));
}

Result<std::vector<BucketInfo>> Store::list_buckets() {
  auto answer = ask<engine::BucketList>(*state_->runtime, [store = state_->store](engine::Call call) { return store->list_buckets(call); });
  if (!answer) return unexpected(answer.error());
  std::vector<BucketInfo> buckets;
  for (engine::BucketInfo& bucket : answer->buckets)
    buckets.push_back(BucketInfo{std::move(bucket.name), std::move(bucket.region), bucket.created});
  return buckets;
}

Result<std::vector<UploadInfo>> Store::list_uploads(std::string bucket, std::string prefix) {
  auto all = ask<std::vector<UploadInfo>>(*state_->runtime, [store = state_->store, bucket, prefix](engine::Call call) { return all_uploads(call, store, bucket, prefix); });
  if (!all) return all;
  auto owned = io::list_owned(state_->runtime->options.state_dir);
  if (!owned) return all;
  for (UploadInfo& upload : *all)
    upload.ours = std::any_of(owned->begin(), owned->end(), [&](const io::OwnedTransfer& one) {
      return owns(one, *state_->store, bucket, prefix) && one.record.upload_id == upload.upload_id;
    });
  return all;
}

Result<std::vector<UploadInfo>> Store::collect_uploads(std::string bucket, std::string prefix) {
  auto owned = io::list_owned(state_->runtime->options.state_dir);
  if (!owned) return unexpected(owned.error());
  std::vector<UploadInfo> collected;
  for (const io::OwnedTransfer& one : *owned) {
    if (one.live || !owns(one, *state_->store, bucket, prefix)) continue;
    auto state = io::StateStore::open(state_->runtime->options.state_dir, one.key);
    if (!state) continue;  // somebody took it up meanwhile
    auto gone = ask<std::optional<UploadInfo>>(*state_->runtime, [store = state_->store, record = one.record](engine::Call call) { return collect_one(call, store, record); });
    if (!gone) return unexpected(gone.error());
    if (auto removed = (*state)->remove(); !removed) return unexpected(removed.error());
    if (*gone) collected.push_back(std::move(**gone));
  }
  return collected;
}

Result<std::string> Store::presign(std::string method, std::string bucket, std::string key,
                                   std::chrono::seconds lifetime) {
  return state_->store->presign(std::move(method), Ref{std::move(bucket), std::move(key)}, lifetime);
}
std::string Store::url(const std::string& bucket, const std::string& key) const {
  return state_->store->url(Ref{bucket, key});
}
const std::string& Store::scheme() const { return state_->scheme; }

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::open(ClientOptions options) {
  auto runtime = Runtime::create(std::move(options));
  if (!runtime) return unexpected(runtime.error());
  auto state = std::make_unique<State>();
  state->runtime = std::move(*runtime);
  return Client(std::move(state));
}

Result<Store> Client::store(StoreOptions options) {
  const engine::Dialect* dialect = engine::find_dialect(options.scheme);
  if (!dialect) return fail(ErrorKind::argument, fmt::format("no store speaks \"{}\"", options.scheme), "use oss, cos, tos, qs or s3");
  engine::StoreConfig config;
  config.dialect = dialect;
  config.endpoint = options.endpoint;
  config.region = options.region;
  config.addressing = options.addressing;
  config.credentials = options.credentials;
  config.appid = options.appid;
  config.sign_payload = options.sign_payload;
  config.oss_v1 = options.oss_v1;
  config.retry.max_attempts = state_->runtime->options.max_attempts;
  auto made = engine::Store::create(std::move(config));
  if (!made) return unexpected(made.error());
  auto state = std::make_shared<Store::State>();
  state->runtime = state_->runtime.get();
  state->store = std::move(*made);
  state->scheme = std::string(dialect->name);
  state->account = options.credentials.access_key;
  return Store(std::move(state));
}

namespace {

/// May the store copy between these two by itself?
bool same_store(const Store::State& a, const Store::State& b) {
  return a.scheme == b.scheme && a.store->identity() == b.store->identity() && a.account == b.account;
}

}  // namespace

Transfer Client::upload(Source from, Store to, std::string bucket, std::string key, TransferOptions options) {
  Ref ref{std::move(bucket), std::move(key)};
  auto store = to.state().store;
  return launch(*state_, std::move(options), "upload", store->url(ref),
                [from = std::move(from), store, ref](Worker* home, TransferContext* context) {
                  return upload_any(home, context, from, store, ref);
                });
}

Transfer Client::download(Store from, std::string bucket, std::string key, Sink to, TransferOptions options) {
  Ref ref{std::move(bucket), std::move(key)};
  auto store = from.state().store;
  return launch(*state_, std::move(options), "download", store->url(ref),
                [to = std::move(to), store, ref](Worker* home, TransferContext* context) {
                  return download_any(home, context, store, ref, to);
                });
}

Transfer Client::copy(Store from, std::string bucket, std::string key, Store to, std::string to_bucket,
                      std::string to_key, TransferOptions options) {
  engine::CopySpec spec;
  spec.from_store = from.state().store;
  spec.from = Ref{std::move(bucket), std::move(key)};
  spec.to_store = to.state().store;
  spec.to = Ref{std::move(to_bucket), std::move(to_key)};
  spec.same_store = same_store(from.state(), to.state());
  const std::string target = spec.from_store->url(spec.from) + " to " + spec.to_store->url(spec.to);
  return launch(*state_, std::move(options), "copy", target, [spec](Worker* home, TransferContext* context) {
    return engine::copy(home, context, spec);
  });
}

Transfer Client::upload_tree(std::string directory, Store to, std::string bucket, std::string prefix,
                             TransferOptions options) {
  engine::UploadTree spec;
  spec.directory = std::move(directory);
  spec.store = to.state().store;
  spec.to = Ref{std::move(bucket), std::move(prefix)};
  return launch(*state_, std::move(options), "upload", spec.directory, [spec](Worker* home, TransferContext* context) {
    return engine::upload_tree(home, context, spec);
  });
}

Transfer Client::download_tree(Store from, std::string bucket, std::string prefix, std::string directory,
                               TransferOptions options) {
  engine::DownloadTree spec;
  spec.store = from.state().store;
  spec.from = Ref{std::move(bucket), std::move(prefix)};
  spec.directory = std::move(directory);
  const std::string target = spec.store->url(spec.from);
  return launch(*state_, std::move(options), "download", target, [spec](Worker* home, TransferContext* context) {
    return engine::download_tree(home, context, spec);
  });
}

Transfer Client::copy_tree(Store from, std::string bucket, std::string prefix, Store to, std::string to_bucket,
                           std::string to_prefix, TransferOptions options) {
  engine::CopyTree spec;
  spec.from_store = from.state().store;
  spec.from = Ref{std::move(bucket), std::move(prefix)};
  spec.to_store = to.state().store;
  spec.to = Ref{std::move(to_bucket), std::move(to_prefix)};
  spec.same_store = same_store(from.state(), to.state());
  const std::string target = spec.from_store->url(spec.from);
  return launch(*state_, std::move(options), "copy", target, [spec](Worker* home, TransferContext* context) {
    return engine::copy_tree(home, context, spec);
  });
}

}  // namespace sluice
