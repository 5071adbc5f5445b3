// answer_of: an operation that is one request: a draft, and a reader of what comes back.
#pragma once

#include <memory>

#include "engine/store.h"

namespace sluice::engine {

/// Takes out of the answer what it wants.
template <class T>
using Reader = Result<T> (*)(const Dialect&, Sent&);

template <class T>
Answer<T> answer_of(Call call, std::shared_ptr<Store> store, Result<Draft> draft, Reader<T> read) {
  if (!draft) co_return unexpected(std::move(draft).error());
  const std::string operation = draft->operation;
  const Ref ref = draft->ref;
  auto sent = co_await store->ask(std::move(call), *std::move(draft));
  if (!sent) co_return unexpected(std::move(sent).error());
  const int attempts = sent->attempts;
  auto value = read(store->dialect(), *sent);
  if (value) co_return value;
  Error error = value.error().with(operation, store->url(ref));
  error.attempts = attempts;
  co_return unexpected(std::move(error));
}

}  // namespace sluice::engine
