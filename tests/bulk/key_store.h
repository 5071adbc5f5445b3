// A store in this process that knows nothing but the list of its keys, and a runtime to ask it with.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bulk/listing.h"
#include "bulk/side.h"
#include "engine/runtime.h"
#include "scheduler/sleep.h"

namespace sluice::bulk {

class KeyStore final : public engine::Store {
 public:
  using Page = Result<engine::ListPage>;

  explicit KeyStore(std::vector<std::string> given = {}) : keys(given.begin(), given.end()) {}

  std::set<std::string> keys;
  const engine::Dialect* kind = &engine::kS3;
  std::string endpoint;
  std::size_t page = 1000;
  /// Answers in the store's stead; called under a mutex.
  std::function<std::optional<Page>(const engine::ListOptions&)> instead;
  std::function<bool(const engine::ListOptions&)> hangs;  ///< until it is stopped
  std::optional<Error> head_error;          ///< of every HEAD
  std::atomic<int> lists{0}, heads{0}, at_once{0}, most_at_once{0};

  engine::Answer<engine::ListPage> list(engine::Call call, std::string, engine::ListOptions o) override {
    ++lists;
    most_at_once = std::max(most_at_once.load(), ++at_once);
    const bool waits = hangs && hangs(o);
    const auto pause = waits ? std::chrono::hours(1) : std::chrono::hours(0);
    const bool waited = co_await scheduler::sleep_for(*call.loop, pause, call.stop);
    --at_once;
    if (!waited) co_return fail(ErrorKind::cancelled, "cancelled");
    std::lock_guard lock(mutex_);
    if (instead)
      if (auto answer = instead(o)) co_return *std::move(answer);
    co_return page_of(o);
  }

  const engine::Dialect& dialect() const override { return *kind; }
  std::string url(const engine::Ref& ref) const override { return "s3://" + ref.bucket + "/" + ref.key; }
  const std::string& identity() const override { return endpoint; }
  io::Request place(const engine::Ref&) const override { return {}; }
  std::string region(const std::string&) const override { return {}; }
  bool may_read_twice() const override { return false; }
  unsigned forms_learned() const override { return 0; }
  Result<void> check(const engine::Ref&) const override { return {}; }
  engine::Answer<engine::Sent> ask(engine::Call, engine::Draft) override { co_return no(); }
  engine::Answer<engine::ObjectInfo> head(engine::Call, engine::Ref ref) override {
    ++heads;
    if (head_error) co_return unexpected(*head_error);
    std::lock_guard lock(mutex_);
    if (!keys.contains(ref.key)) co_return missing();
    engine::ObjectInfo info;
    info.key = ref.key;
    info.size = ref.key.size();
    info.etag = "e";
    info.reply.attempts = 1;
    co_return info;
  }
  engine::Answer<engine::Reply> get(engine::Call, engine::Ref, engine::GetOptions, io::BodySink*) override {
    co_return no();
  }
  engine::Answer<engine::PutReply> put(engine::Call, engine::Ref, io::BodySource*,
                                       engine::PutOptions) override {
    co_return no();
  }
  engine::Answer<engine::Reply> remove(engine::Call, engine::Ref) override { co_return no(); }
  engine::Answer<engine::PutReply> copy(engine::Call, engine::Ref, engine::Ref, engine::PutOptions,
                                        std::string) override {
    co_return no();
  }
  engine::Answer<engine::Reply> create_bucket(engine::Call, std::string, BucketOptions) override {
    co_return no();
  }
  engine::Answer<engine::Reply> head_bucket(engine::Call, std::string) override { co_return no(); }
  engine::Answer<engine::Reply> delete_bucket(engine::Call, std::string) override { co_return no(); }
  engine::Answer<engine::BucketList> list_buckets(engine::Call, BucketListOptions) override {
    co_return no();
  }
  engine::Answer<engine::CreatedUpload> create_upload(engine::Call, engine::Ref,
                                                      engine::PutOptions) override {
    co_return no();
  }
  engine::Answer<engine::PutReply> upload_part(engine::Call, engine::Ref, std::string, std::uint32_t,
                                               io::BodySource*) override {
    co_return no();
  }
  engine::Answer<engine::PutReply> upload_part_copy(engine::Call, engine::Ref, engine::Ref, std::string,
                                                    std::uint32_t, io::ByteRange, std::string) override {
    co_return no();
  }
  engine::Answer<engine::PartList> list_parts(engine::Call, engine::Ref, std::string) override {
    co_return no();
  }
  engine::Answer<engine::PutReply> complete_upload(engine::Call, engine::Ref, std::string,
                                                   std::vector<engine::PartInfo>,
                                                   engine::CompleteOptions) override {
    co_return no();
  }
  engine::Answer<engine::Reply> abort_upload(engine::Call, engine::Ref, std::string) override {
    co_return no();
  }
  engine::Answer<engine::UploadList> list_uploads(engine::Call, std::string, std::string, std::string,
                                                  std::string) override {
    co_return no();
  }
  scheduler::Task<void> keys_that_hold(engine::Call) override { co_return; }
  Result<std::string> presign(std::string, const engine::Ref&, std::chrono::seconds,
                              const PresignOptions&) const override {
    return no();
  }

 private:
  static Unexpected no() { return fail(ErrorKind::internal, "this store only lists"); }
  static Unexpected missing() {
    auto service = std::make_shared<ServiceError>();
    service->status = 404;
    service->code = "NoSuchKey";
    Error error = make_error(ErrorKind::service, "no such key");
    error.service = std::move(service);
    return unexpected(std::move(error));
  }

  Page page_of(const engine::ListOptions& o) const {
    engine::ListPage found;
    const std::string& after = o.marker.empty() ? o.start_after : o.marker;
    const bool behind = !after.empty() && after >= o.prefix;
    auto key = behind ? keys.upper_bound(after) : keys.lower_bound(o.prefix);
    for (; key != keys.end() && key->starts_with(o.prefix); ++key) {
      if (found.objects.size() == page) {
        found.next_marker = found.objects.back().key;
        break;
      }
      engine::Listed object;
      object.key = *key;
      object.size = key->size();
      found.objects.push_back(std::move(object));
    }
    return found;
  }

  std::mutex mutex_;
};

/// A runtime, and the side that is the store's keys below a prefix.
struct KeyPlace {
  explicit KeyPlace(std::vector<std::string> keys = {}, std::string prefix = {})
      : store(std::make_shared<KeyStore>(std::move(keys))) {
    side.store = store;
    side.root = {"bucket", std::move(prefix)};
    ClientOptions options;
    options.state_dir = "/nowhere";
    auto made = engine::Runtime::create(options);
    runtime = std::move(made).value();
  }

  std::shared_ptr<KeyStore> store;
  Side side;
  std::unique_ptr<engine::Runtime> runtime;
};

/// Every name, to the end or the error.
struct Listed {
  std::vector<std::string> names;
  std::optional<Error> error;
};
inline Listed read_all(Listing& listing) {
  Listed all;
  while (true) {
    auto page = listing.next();
    if (!page) {
      all.error = page.error();
      return all;
    }
    if (page->empty()) return all;
    for (const Entry& entry : *page) all.names.push_back(entry.name);
  }
}

}  // namespace sluice::bulk
