// HandOver: bytes of an answer, from the loop that receives them to a thread that may block for them.
//
// It holds at most `capacity` bytes, or one piece that is larger; then the request pauses until the reader
// has taken half. The loop's side is the thread of the loop that it is given; the reader is one other thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/body.h"
#include "scheduler/loop.h"
#include "sluice/result.h"

namespace sluice::io {

class HandOver : public std::enable_shared_from_this<HandOver> {
 public:
  HandOver(scheduler::Loop& loop, std::size_t capacity) : loop_(loop), capacity_(capacity) {}

  // On the loop's thread:
  /// Whom to wake when there is room again; null: nobody any more.
  void attach(Resume* resume) { resume_ = resume; }
  /// False: no room now. All of it is taken, or nothing.
  bool offer(std::string_view bytes);
  /// Nothing more comes, for the reason given, or because that was all. The first end stays.
  void end(std::optional<Error> error = {});

  /// The reader: blocks until there is something; 0 at the end.
  Result<std::size_t> read(std::span<char> into);

 private:
  scheduler::Loop& loop_;
  const std::size_t capacity_;
  Resume* resume_ = nullptr;  // loop's thread only
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::string> pieces_;
  std::size_t taken_ = 0;  // of the first piece
  std::size_t held_ = 0;
  bool refused_ = false;  // the loop's side waits for room
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace sluice::io
