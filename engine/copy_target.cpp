#include "engine/copy_target.h"

#include <fmt/format.h>

namespace sluice::engine {
namespace {

Result<std::string> compare(const io::DigestValues& sent, const ObjectInfo& made, const std::string& what) {
  if (made.size == sent.bytes) return verify(sent, published(made), what);
  return fail(ErrorKind::integrity,
              fmt::format("the copy has {} bytes, the source {}", made.size, sent.bytes));
}

}  // namespace

scheduler::Task<Result<AskedTarget>> ask_target(scheduler::Worker* worker, TransferContext* context,
                                                std::shared_ptr<Store> store, Ref to, io::DigestValues sent) {
  auto made = co_await store->head(context->call(*worker), to);
  if (!made) co_return unexpected(made.error());
  context->tally->reply(made->reply);
  auto same = compare(sent, *made, store->url(to));
  if (!same) {
    (void)co_await store->remove(context->call(*worker), to);
    co_return unexpected(same.error());
  }
  AskedTarget asked;
  asked.etag = std::move(made->etag);
  asked.how = *std::move(same);
  co_return asked;
}

}  // namespace sluice::engine
