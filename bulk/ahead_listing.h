// A listing that a thread of its own reads ahead: a few pages stand ready, then the thread waits.
//
// The thread begins at construction and has ended when the destructor returns. What it cannot read is told by
// next() behind the pages before it, and by every later call too: after an error there is no end.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "bulk/listing.h"

namespace sluice::bulk {

class AheadListing final : public Listing {
 public:
  /// Hands a page on, waiting for room; an empty one is nothing. False: nobody wants any more.
  using Give = std::function<bool(std::vector<Entry>)>;
  /// Reads everything. Called once, on the thread; to end soon once `stop` is requested.
  using Read = std::function<Result<void>(const Give& give, std::stop_token stop)>;

  AheadListing(Read read, unsigned pages, std::stop_token stop);
  ~AheadListing() override;

  Result<std::vector<Entry>> next() override;

 private:
  void run(const Read& read);
  bool give(std::vector<Entry> page);

  const std::size_t room_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<Entry>> ready_;
  std::optional<Result<void>> ended_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> linked_;
  std::thread thread_;
};

}  // namespace sluice::bulk
