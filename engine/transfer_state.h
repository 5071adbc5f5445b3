// What a Transfer handle refers to: its stop source, its progress, and its end.
//
// `finish` is called once, by the coroutine that drives the transfer; everything else from any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

#include "engine/progress.h"
#include "sluice/client.h"

namespace sluice {

class Transfer::State {
 public:
  explicit State(ProgressCallback callback) : meter(std::move(callback)) {}

  std::stop_source stop;
  engine::ProgressMeter meter;

  void finish(Result<TransferReport> result) {
    {
      std::lock_guard lock(mutex_);
      result_.emplace(std::move(result));
    }
    ended_.notify_all();
  }
  Result<TransferReport> wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return result_.has_value(); });
    Result<TransferReport> result = *result_;
    lock.unlock();
    // The caller's thread makes sure that the last callback has returned; workers never wait for it.
    std::lock_guard last(last_call_);
    meter.finish();
    return result;
  }

 private:
  std::mutex mutex_, last_call_;
  std::condition_variable ended_;
  std::optional<Result<TransferReport>> result_;
};

}  // namespace sluice
