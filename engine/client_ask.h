// How the facade asks: a question runs on a worker while the caller waits.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>

#include "engine/answer_of.h"
#include "engine/client_store.h"
#include "scheduler/guarded.h"

namespace sluice::facade {

inline const engine::Dialect& dialect_of(const Store& store) {
  return store.state().store->dialect();
}

template <class T>
scheduler::Task<void> fulfil(scheduler::Worker* worker,
                             std::function<scheduler::Task<Result<T>>(scheduler::Worker*)> ask,
                             std::shared_ptr<std::promise<Result<T>>> promise) {
  const auto one = [&] { return ask(worker); };
  promise->set_value(co_await scheduler::guarded(one));
}

/// The same for all that a thread asks: the connection of its last request is open there.
inline scheduler::Worker& worker_of_this_thread(scheduler::Workers& workers) {
  static std::atomic<unsigned> threads{0};
  static thread_local const unsigned mine = threads.fetch_add(1);
  return workers.worker(mine % workers.count());
}

/// Runs a task on a worker and blocks the caller until its answer.
template <class T>
Result<T> ask_worker(engine::Runtime& runtime,
                     std::function<scheduler::Task<Result<T>>(scheduler::Worker*)> question) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto answer = promise->get_future();
  scheduler::Worker& worker = worker_of_this_thread(*runtime.workers);
  runtime.workers->spawn(worker.index(), fulfil<T>(&worker, std::move(question), std::move(promise)));
  return answer.get();
}

/// The same for what needs a Call.
template <class T>
Result<T> ask(engine::Runtime& runtime, std::function<scheduler::Task<Result<T>>(engine::Call)> question) {
  return ask_worker<T>(runtime, [&question](scheduler::Worker* worker) {
    return question(engine::call_on(*worker, std::stop_token()));
  });
}

/// The same for one request.
template <class T>
Result<T> ask_one(const Store& store, Result<engine::Draft> draft, engine::Reader<T> read) {
  const auto& inner = store.state().store;
  if (!draft) return unexpected(std::move(draft).error());
  return ask<T>(*store.state().runtime, [&](engine::Call call) {
    return engine::answer_of<T>(std::move(call), inner, std::move(draft), read);
  });
}

inline engine::Answer<std::string> presign_by(engine::Call call, std::shared_ptr<engine::Store> store,
                                              std::string method, engine::Ref ref,
                                              std::chrono::seconds lifetime, PresignOptions options) {
  co_await store->keys_that_hold(std::move(call));
  co_return store->presign(std::move(method), ref, lifetime, options);
}

inline Result<std::string> presign(const Store& store, std::string method, engine::Ref ref,
                                   std::chrono::seconds lifetime, PresignOptions options) {
  return ask<std::string>(*store.state().runtime, [&](engine::Call call) {
    return presign_by(std::move(call), store.state().store, std::move(method), std::move(ref), lifetime,
                      std::move(options));
  });
}

}  // namespace sluice::facade
