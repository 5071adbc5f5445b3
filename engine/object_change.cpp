#include "engine/object_change.h"

#include "engine/answer_of.h"
#include "engine/request_objects.h"
#include "engine/store_http.h"

namespace sluice::engine {
namespace {

Result<Reply> read_reply(const Dialect& d, Sent& sent) {
  return reply_of(d, sent);
}

/// All that is stored with the object, for a copy that replaces it: a class is kept only when it is named.
PutOptions as_told(ObjectInfo there) {
  PutOptions put;
  put.content_type = std::move(there.content_type);
  put.system_headers = std::move(there.system_headers);
  put.metadata = std::move(there.metadata);
  put.storage_class = std::move(there.storage_class);
  put.replace = true;
  return put;
}

Answer<Reply> copy_onto_itself(Call call, std::shared_ptr<Store> store, Ref ref, PutOptions put,
                               std::string etag) {
  auto copied = co_await store->copy(std::move(call), ref, ref, std::move(put), std::move(etag));
  if (!copied) co_return unexpected(std::move(copied).error());
  co_return std::move(copied->reply);
}

}  // namespace

Answer<Reply> set_metadata(Call call, std::shared_ptr<Store> store, Ref ref,
                           std::map<std::string, std::string> metadata) {
  auto there = co_await store->head(call, ref);
  if (!there) co_return unexpected(std::move(there).error());
  std::string etag = there->etag;
  PutOptions put = as_told(*std::move(there));
  put.metadata = std::move(metadata);
  const Dialect& d = store->dialect();
  if (!d.query.set_metadata.empty()) {
    put.storage_class.clear();
    auto draft = request::set_metadata(d, ref, put);
    co_return co_await answer_of<Reply>(std::move(call), store, std::move(draft), read_reply);
  }
  co_return co_await copy_onto_itself(std::move(call), store, std::move(ref), std::move(put),
                                      std::move(etag));
}

Answer<Reply> rename(Call call, std::shared_ptr<Store> store, Ref ref, std::string new_key) {
  auto draft = request::rename(store->dialect(), ref, new_key);
  if (!draft) co_return unexpected(draft.error().with("rename", store->url(ref)));
  auto before = co_await store->head(call, ref);
  if (!before) co_return unexpected(std::move(before).error());
  auto renamed = co_await answer_of<Reply>(call, store, std::move(draft), read_reply);
  if (renamed || !is_not_found(renamed.error()) || renamed.error().attempts < 2) co_return renamed;
  ref.key = std::move(new_key);
  auto there = co_await store->head(std::move(call), ref);
  if (!there || there->size != before->size || there->etag != before->etag) co_return renamed;
  co_return std::move(there->reply);
}

Answer<Reply> set_storage_class(Call call, std::shared_ptr<Store> store, Ref ref, std::string storage_class) {
  auto there = co_await store->head(call, ref);
  if (!there) co_return unexpected(std::move(there).error());
  std::string etag = there->etag;
  PutOptions put;
  if (store->dialect().has(kSelfCopyReplaces)) put = as_told(*std::move(there));
  put.storage_class = std::move(storage_class);
  co_return co_await copy_onto_itself(std::move(call), store, std::move(ref), std::move(put),
                                      std::move(etag));
}

}  // namespace sluice::engine
