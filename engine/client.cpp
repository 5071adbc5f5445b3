// The facade over the engine: turns blocking calls and handles into coroutines on the workers.
#include "sluice/client.h"

#include <list>

#include <fmt/format.h>

#include "engine/client_store.h"
#include "engine/copy.h"
#include "engine/download.h"
#include "engine/ends.h"
#include "engine/live_credentials.h"
#include "engine/stream_download.h"
#include "engine/stream_upload.h"
#include "engine/transfer_state.h"
#include "engine/tree.h"
#include "engine/upload.h"
#include "engine/url_upload.h"
#include "scheduler/guarded.h"

namespace sluice {

using engine::Ref;
using engine::Runtime;
using engine::TransferContext;
using scheduler::Task;
using scheduler::Worker;

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
  auto result = co_await scheduler::guarded([&] { return run(home, &context); });
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
  home.workers().spawn(home.index(), drive(&home, client.runtime.get(), state, std::move(options),
                                           std::move(run), std::move(operation), std::move(target)));
  return Transfer(std::move(state));
}

/// The caller's function, whose exceptions are errors of the transfer like any other.
template <class Answer, class Argument>
std::function<Answer(Argument)> guarded_callback(std::function<Answer(Argument)> callback) {
  return [callback = std::move(callback)](Argument argument) -> Answer {
    try {
      return callback(argument);
    } catch (...) {
      Error error = scheduler::caught().error;
      error.message = "the stream's callback threw " + error.message;
      return unexpected(std::move(error));
    }
  };
}

Task<Result<TransferReport>> upload_any(Worker* home, TransferContext* context, Source from,
                                        std::shared_ptr<engine::Store> store, Ref to) {
  if (auto fine = engine::check_properties(store->dialect(), context->options); !fine)
    co_return unexpected(fine.error());
  const auto& end = from.data().end;
  if (const auto* stream = std::get_if<StreamSource>(&end))
    co_return co_await engine::upload_stream(home, context, guarded_callback(stream->read), store, to);
  if (const auto* web = std::get_if<UrlSource>(&end))
    co_return co_await engine::upload_url(home, context, web->url, store, to);
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
    co_return co_await engine::download_stream(home, context, store, from, guarded_callback(stream->write));
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
Source Source::url(std::string url) {
  Source source;
  source.data_ = std::make_shared<Data>(Data{UrlSource{std::move(url)}});
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

Result<TransferReport> Transfer::wait() {
  return state_->wait();
}
void Transfer::cancel() {
  state_->stop.request_stop();
}
Progress Transfer::progress() const {
  return state_->meter.snapshot();
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

namespace {

Result<std::unique_ptr<Client::State>> state_of(Result<std::unique_ptr<Runtime>> runtime) {
  if (!runtime) return unexpected(runtime.error());
  auto state = std::make_unique<Client::State>();
  state->runtime = std::move(*runtime);
  return state;
}

}  // namespace

Result<Client> Client::open(ClientOptions options) {
  auto state = state_of(Runtime::create(std::move(options)));
  if (!state) return unexpected(state.error());
  return Client(std::move(*state));
}

Result<Client> Client::open(ClientOptions options, const Client& limited) {
  auto state = state_of(Runtime::create(std::move(options), limited.state_->runtime->limits));
  if (!state) return unexpected(state.error());
  return Client(std::move(*state));
}

void Client::set_limits(Limits limits) {
  state_->runtime->limits->set(limits, scheduler::Clock::now());
}

Result<Store> Client::store(StoreOptions options) {
  const engine::Dialect* dialect = engine::find_dialect(options.scheme);
  if (!dialect)
    return fail(ErrorKind::argument, fmt::format("no store speaks \"{}\"", options.scheme),
                "use oss, cos, tos, qs or s3");
  engine::StoreConfig config;
  config.dialect = dialect;
  config.endpoint = options.endpoint;
  config.region = options.region;
  config.addressing = options.addressing;
  config.credentials = options.credentials;
  config.elsewhere = [pool = &state_->runtime->pool](std::function<void()> job) {
    pool->post(std::move(job));
  };
  if (options.credentials_provider) config.credentials_provider = *options.credentials_provider;
  if (config.credentials_provider && options.credentials.access_key.empty()) {
    Result<Credentials> first = engine::ask_provider(config.credentials_provider);
    if (!first) return unexpected(first.error());
    config.credentials = *std::move(first);
  }
  config.appid = options.appid;
  config.sign_payload = options.sign_payload;
  config.oss_v1 = options.oss_v1;
  config.retry.max_attempts = state_->runtime->options.max_attempts;
  const std::string account = config.credentials.access_key;
  auto made = engine::Store::create(std::move(config));
  if (!made) return unexpected(made.error());
  auto state = std::make_shared<Store::State>();
  state->runtime = state_->runtime.get();
  state->store = std::move(*made);
  state->scheme = std::string(dialect->name);
  state->account = account;
  return Store(std::move(state));
}

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
  return launch(*state_, std::move(options), "copy", target,
                [spec](Worker* home, TransferContext* context) { return engine::copy(home, context, spec); });
}

Transfer Client::upload_tree(std::string directory, Store to, std::string bucket, std::string prefix,
                             TransferOptions options) {
  engine::UploadTree spec;
  spec.directory = std::move(directory);
  spec.store = to.state().store;
  spec.to = Ref{std::move(bucket), std::move(prefix)};
  return launch(
      *state_, std::move(options), "upload", spec.directory,
      [spec](Worker* home, TransferContext* context) { return engine::upload_tree(home, context, spec); });
}

Transfer Client::download_tree(Store from, std::string bucket, std::string prefix, std::string directory,
                               TransferOptions options) {
  engine::DownloadTree spec;
  spec.store = from.state().store;
  spec.from = Ref{std::move(bucket), std::move(prefix)};
  spec.directory = std::move(directory);
  const std::string target = spec.store->url(spec.from);
  return launch(
      *state_, std::move(options), "download", target,
      [spec](Worker* home, TransferContext* context) { return engine::download_tree(home, context, spec); });
}

Transfer Client::copy_tree(Store from, std::string bucket, std::string prefix, Store to,
                           std::string to_bucket, std::string to_prefix, TransferOptions options) {
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
