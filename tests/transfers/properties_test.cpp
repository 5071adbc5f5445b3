// What is stored beside an object's bytes goes with every copy of them.
#include <future>

#include "engine/runtime.h"
#include "io/file_source.h"
#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

const io::Headers kHeaders{{"Cache-Control", "max-age=60"},
                           {"Content-Disposition", "attachment; filename=\"a b.txt\""},
                           {"Content-Encoding", "gzip"},
                           {"Content-Language", "de"},
                           {"Expires", "Tue, 14 Nov 2023 22:13:20 GMT"}};

/// Single requests below the facade, which has no words for these properties.
class Below {
 public:
  Below(const LocalStore& local, const TempDir& dir)
      : runtime_(must(engine::Runtime::create(client_options(dir)))), endpoint_(local.endpoint()) {}

  std::shared_ptr<engine::Store> store(const std::string& scheme) const {
    engine::StoreConfig config;
    config.dialect = engine::find_dialect(scheme);
    config.endpoint = endpoint_;
    config.region = scheme == "qs" ? "" : "local-1";
    config.credentials.access_key = LocalStore::kAccessKey;
    config.credentials.secret_key = LocalStore::kSecretKey;
    return must(engine::Store::create(config));
  }

  template <class T>
  T run(std::function<engine::Answer<T>(engine::Call)> ask) {
    std::promise<Result<T>> promise;
    auto answer = promise.get_future();
    const auto body = [](scheduler::Worker* worker, std::function<engine::Answer<T>(engine::Call)> question,
                         std::promise<Result<T>>* into) -> scheduler::Task<void> {
      into->set_value(co_await question(engine::call_on(*worker, std::stop_token())));
    };
    scheduler::Worker& worker = runtime_->workers->next_worker();
    runtime_->workers->spawn(worker.index(), body(&worker, ask, &promise));
    return must(answer.get());
  }

 private:
  std::unique_ptr<engine::Runtime> runtime_;
  const std::string endpoint_;
};

TEST(Properties, GoWithCopiesBetweenEveryPairOfStoresAndWithinEachWholeAndInParts) {
  Place place;
  Below below(place.local, place.dir);
  const std::string bytes = bytes_of(6 * kMiB, 8);
  for (const DialectUnderTest& a : kDialects) {
    const auto put = [&,
                      store = below.store(a.scheme)](engine::Call call) -> engine::Answer<engine::PutReply> {
      const engine::Ref to{a.bucket, "source"};
      const auto source = io::memory_source(bytes);
      engine::PutOptions options;
      options.content_type = "text/x-special";
      options.system_headers = kHeaders;
      options.metadata["one"] = "1";
      co_return co_await store->put(call, to, source.get(), options);
    };
    below.run<engine::PutReply>(put);
    for (const DialectUnderTest& b : kDialects) {
      for (const std::uint64_t part : {5 * kMiB, 100 * kMiB}) {
        SCOPED_TRACE(a.scheme + " to " + b.scheme + " in parts of " + std::to_string(part));
        TransferOptions options;
        options.part_size = part;

        must(place.client->copy(place.store(a), a.bucket, "source", place.store(b), b.bucket, "copy", options)
                 .wait());

        const engine::Ref to{b.bucket, "copy"};
        const auto made = below.run<engine::ObjectInfo>(
            [&, store = below.store(b.scheme)](engine::Call call) { return store->head(call, to); });
        EXPECT_EQ(made.size, bytes.size());
        EXPECT_EQ(made.content_type, "text/x-special");
        EXPECT_EQ(made.metadata, (std::map<std::string, std::string>{{"one", "1"}}));
        for (const auto& [name, value] : kHeaders) EXPECT_EQ(made.system_headers.get(name), value) << name;
      }
    }
  }
}

TEST(Properties, AreLeftToTheStoreThatCopiesByItselfUnlessTheCallerChangesThem) {
  TempDir dir;
  Client client = must(Client::open(client_options(dir)));
  for (const DialectUnderTest& d : kDialects) {
    for (const bool changed : {false, true}) {
      SCOPED_TRACE(d.scheme + (changed ? " changed" : ""));
      HttpRequest copy;
      ScriptedStore scripted(d, [&](const HttpRequest& request, HttpAnswer& answer) {
        if (request.method == "HEAD")
          for (const auto& [name, value] : kHeaders) answer.headers.emplace_back(name, value);
        if (request.method == "PUT") copy = request;
      });
      scripted.put("from", "content");
      Store store = scripted.open(client);
      TransferOptions options;
      options.storage_class = "IA";
      if (changed) options.content_type = "text/plain";

      must(client.copy(store, d.bucket, "from", store, d.bucket, "to", options).wait());

      const std::string prefix = header_prefix(d.scheme);
      EXPECT_EQ(scripted.bytes("to"), "content");
      EXPECT_EQ(copy.has(prefix + "metadata-directive"), changed);
      EXPECT_EQ(copy.header(prefix + "storage-class"), "IA");
      for (const auto& [name, value] : kHeaders) EXPECT_EQ(copy.header(name), changed ? value : "") << name;
    }
  }
}

}  // namespace
}  // namespace sluice::transfers
