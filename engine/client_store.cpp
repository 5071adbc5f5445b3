// The public Store: one request or listing at a time, asked on a worker while the caller waits.
#include "engine/client_store.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/client_ask.h"
#include "engine/client_words.h"
#include "engine/multipart_session.h"
#include "engine/probe.h"
#include "engine/request_objects.h"
#include "engine/store_http.h"
#include "engine/stream_download.h"
#include "io/file_sink.h"
#include "io/state_store.h"

namespace sluice {

using engine::Ref;
using facade::ask;
using facade::ask_one;
using facade::ask_worker;
using scheduler::Task;
using scheduler::Worker;

namespace {

Result<Reply> only_reply(Result<engine::Reply> answer) {
  if (!answer) return unexpected(std::move(answer).error());
  return Reply(*std::move(answer));
}

Result<ObjectInfo> read_info(const engine::Dialect& d, engine::Sent& sent) {
  auto info = engine::object_of(d, std::string(), sent.response);
  info.reply = engine::reply_of(d, sent);
  return facade::to_public(std::move(info));
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
  if (*length > kMost)
    co_return fail(ErrorKind::argument, fmt::format("a read answers at most {} bytes", kMost));
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

/// Aborts what one record owns; empty when there was nothing at the store any more.
Task<Result<std::vector<UploadInfo>>> collect_one(engine::Call call, std::shared_ptr<engine::Store> store,
                                                  io::TransferRecord record) {
  std::vector<std::string> ids{record.upload_id};
  if (record.upload_id.empty()) {
    auto found = co_await engine::find_orphans(call, store, record);
    if (!found) co_return unexpected(found.error());
    ids = std::move(*found);
  }
  std::vector<UploadInfo> collected;
  Ref to;
  to.bucket = record.bucket;
  to.key = record.object;
  for (const std::string& id : ids) {
    auto aborted = co_await store->abort_upload(call, to, id);
    if (!aborted && is_not_found(aborted.error())) continue;
    if (!aborted) co_return unexpected(aborted.error());
    UploadInfo info;
    info.bucket = record.bucket;
    info.key = record.object;
    info.upload_id = id;
    info.ours = true;
    collected.push_back(std::move(info));
  }
  co_return collected;
}

}  // namespace

Result<ObjectInfo> Store::head(std::string bucket, std::string key, Conditions conditions) {
  const Ref ref{std::move(bucket), std::move(key)};
  if (auto fine = state_->store->check(ref); !fine) return unexpected(fine.error());
  auto draft = engine::request::head(state_->store->dialect(), ref);
  engine::request::add_conditions(conditions, draft.headers);
  auto info = ask_one<ObjectInfo>(*this, std::move(draft), read_info);
  if (info) info->key = ref.key;
  return info;
}

Result<Answered<bool>> Store::object_exists(std::string bucket, std::string key) {
  const Ref ref{std::move(bucket), std::move(key)};
  if (auto fine = state_->store->check(ref); !fine) return unexpected(fine.error());
  return facade::whether(
      ask_one(*this, engine::request::head(state_->store->dialect(), ref), facade::read_reply), false);
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

Result<Reply> Store::remove(std::string bucket, std::string key) {
  const Ref ref{std::move(bucket), std::move(key)};
  if (auto fine = state_->store->check(ref); !fine) return unexpected(fine.error());
  return only_reply(ask<engine::Reply>(*state_->runtime, [store = state_->store, ref](engine::Call call) {
    return store->remove(call, ref);
  }));
}

Result<ListPage> Store::list(std::string bucket, ListOptions options, ListPage reuse) {
  engine::ListOptions inner;
  inner.prefix = std::move(options.prefix);
  inner.delimiter = std::move(options.delimiter);
  inner.marker = std::move(options.marker);
  inner.limit = options.limit;
  inner.start_after = std::move(options.start_after);
  inner.fetch_owner = options.fetch_owner;
  inner.version = options.version;
  inner.reuse = std::move(reuse.objects);
  auto answer = ask<engine::ListPage>(
      *state_->runtime, [store = state_->store, bucket, inner = std::move(inner)](engine::Call call) mutable {
        return store->list(call, bucket, std::move(inner));
      });
  if (!answer) return unexpected(answer.error());
  ListPage page;
  page.objects = std::move(answer->objects);
  page.prefixes = std::move(answer->prefixes);
  page.next_marker = std::move(answer->next_marker);
  page.reply = std::move(answer->reply);
  return page;
}

Result<Reply> Store::create_bucket(std::string bucket, BucketOptions options) {
  return only_reply(
      ask<engine::Reply>(*state_->runtime, [store = state_->store, bucket, options](engine::Call call) {
        return store->create_bucket(call, bucket, options);
      }));
}
Result<Reply> Store::head_bucket(std::string bucket) {
  return only_reply(ask<engine::Reply>(*state_->runtime, [store = state_->store, bucket](engine::Call call) {
    return store->head_bucket(call, bucket);
  }));
}
Result<Answered<bool>> Store::bucket_exists(std::string bucket) {
  return facade::whether(head_bucket(std::move(bucket)), true);
}
Result<Reply> Store::delete_bucket(std::string bucket) {
  return only_reply(ask<engine::Reply>(*state_->runtime, [store = state_->store, bucket](engine::Call call) {
    return store->delete_bucket(call, bucket);
  }));
}

Result<BucketList> Store::list_buckets(BucketListOptions options) {
  auto answer = ask<engine::BucketList>(
      *state_->runtime,
      [store = state_->store, options](engine::Call call) { return store->list_buckets(call, options); });
  if (!answer) return unexpected(answer.error());
  BucketList list;
  list.buckets = std::move(answer->buckets);
  list.reply = std::move(answer->reply);
  return list;
}

Result<std::vector<UploadInfo>> Store::list_uploads(std::string bucket, std::string prefix) {
  auto all = ask<std::vector<UploadInfo>>(*state_->runtime,
                                          [store = state_->store, bucket, prefix](engine::Call call) {
                                            return all_uploads(call, store, bucket, prefix);
                                          });
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
    auto gone = ask<std::vector<UploadInfo>>(*state_->runtime,
                                             [store = state_->store, record = one.record](engine::Call call) {
                                               return collect_one(call, store, record);
                                             });
    if (!gone) return unexpected(gone.error());
    if (auto removed = (*state)->remove(); !removed) return unexpected(removed.error());
    std::move(gone->begin(), gone->end(), std::back_inserter(collected));
  }
  return collected;
}

Result<ProbeReport> Store::probe(std::string bucket, ProbeOptions options, std::stop_token stop) {
  engine::ProbeSpec spec{state_->store, std::move(bucket), std::move(options), std::move(stop)};
  return ask_worker<ProbeReport>(*state_->runtime,
                                 [&spec](Worker* home) { return engine::probe(home, std::move(spec)); });
}

Result<std::string> Store::presign(std::string method, std::string bucket, std::string key,
                                   std::chrono::seconds lifetime, PresignOptions options) {
  return facade::presign(*this, std::move(method), Ref{std::move(bucket), std::move(key)}, lifetime,
                         std::move(options));
}
std::string Store::url(const std::string& bucket, const std::string& key) const {
  return state_->store->url(Ref{bucket, key});
}
const std::string& Store::scheme() const {
  return state_->scheme;
}

}  // namespace sluice
