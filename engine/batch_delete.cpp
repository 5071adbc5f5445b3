#include "engine/batch_delete.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "engine/answer_of.h"
#include "engine/codec_decode.h"
#include "engine/request_objects.h"
#include "engine/store_http.h"

namespace sluice::engine {
namespace {

// Stores take documents of 2 MB; keys may be five times as long in them.
constexpr std::size_t kMostBytes = 350'000;

/// How many of the keys one request names.
std::size_t batch_of(const Dialect& d, std::span<const std::string> keys) {
  std::size_t count = 0, bytes = 0;
  while (count < keys.size() && count < d.limits.batch) {
    bytes += keys[count].size();
    if (bytes > kMostBytes && count > 0) break;
    ++count;
  }
  return count;
}

Result<Deleted> read_deleted(const Dialect& d, Sent& sent) {
  auto deleted = decode::deleted(d, std::move(sent.response.body));
  if (deleted) deleted->reply = reply_of(d, sent);
  return deleted;
}

void add(Deleted& all, Deleted more) {
  std::move(more.keys.begin(), more.keys.end(), std::back_inserter(all.keys));
  std::move(more.failed.begin(), more.failed.end(), std::back_inserter(all.failed));
  all.reply = std::move(more.reply);
  ++all.requests;
}

}  // namespace

Answer<Deleted> remove_many(Call call, std::shared_ptr<Store> store, std::string bucket,
                            std::vector<std::string> keys, bool quiet) {
  const Dialect& d = store->dialect();
  for (const auto& key : keys) {
    Ref ref;
    ref.bucket = bucket;
    ref.key = key;
    if (auto fine = store->check(ref); !fine) co_return unexpected(std::move(fine).error());
  }
  const auto alone = std::stable_partition(keys.begin(), keys.end(),
                                           [&d](const auto& key) { return request::fits_batch(d, key); });
  const std::size_t together = static_cast<std::size_t>(alone - keys.begin());
  Deleted all;
  for (std::size_t at = 0; at < together;) {
    const std::span<const std::string> rest(keys.data() + at, together - at);
    const auto batch = rest.first(batch_of(d, rest));
    Result<Draft> draft = request::remove_batch(d, bucket, batch, quiet);
    auto answer = co_await answer_of<Deleted>(call, store, std::move(draft), read_deleted);
    if (!answer) co_return answer;
    add(all, *std::move(answer));
    at += batch.size();
  }
  for (auto key = alone; key != keys.end(); ++key) {
    Ref ref;
    ref.bucket = bucket;
    ref.key = *key;
    auto gone = co_await store->remove(call, ref);
    Deleted one;
    if (gone) {
      if (!quiet) one.keys.push_back(*key);
      one.reply = *std::move(gone);
    } else if (gone.error().service) {
      one.failed.emplace_back();
      one.failed.back().key = *key;
      one.failed.back().code = gone.error().service->code;
      one.failed.back().message = gone.error().message;
      one.reply.status = gone.error().service->status;
      one.reply.request_id = gone.error().service->request_id;
    } else {
      co_return unexpected(std::move(gone).error());
    }
    add(all, std::move(one));
  }
  co_return all;
}

Answer<Deleted> remove_below(Call call, std::shared_ptr<Store> store, std::string bucket,
                             std::string prefix) {
  Deleted all;
  std::string marker;
  do {
    ListOptions options;
    options.prefix = prefix;
    options.marker = marker;
    auto page = co_await store->list(call, bucket, std::move(options));
    if (!page) co_return unexpected(std::move(page).error());
    std::vector<std::string> keys;
    for (auto& object : page->objects) keys.push_back(std::move(object.key));
    auto gone = co_await remove_many(call, store, bucket, std::move(keys), true);
    if (!gone) co_return gone;
    std::move(gone->failed.begin(), gone->failed.end(), std::back_inserter(all.failed));
    all.requests += gone->requests + 1;
    all.reply = gone->requests > 0 ? std::move(gone->reply) : sluice::Reply(std::move(page->reply));
    marker = std::move(page->next_marker);
  } while (!marker.empty());
  co_return all;
}

}  // namespace sluice::engine
