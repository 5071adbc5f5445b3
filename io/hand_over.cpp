#include "io/hand_over.h"

#include <algorithm>

namespace sluice::io {

bool HandOver::offer(std::string_view bytes) {
  {
    std::lock_guard lock(mutex_);
    refused_ = held_ > 0 && held_ + bytes.size() > capacity_;
    if (refused_) return false;
    if (bytes.empty()) return true;
    pieces_.emplace_back(bytes);
    held_ += bytes.size();
  }
  came_.notify_one();
  return true;
}

void HandOver::end(std::optional<Error> error) {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
    error_ = std::move(error);
  }
  came_.notify_one();
}

Result<std::size_t> HandOver::read(std::span<char> into) {
  std::size_t count = 0;
  bool wake = false;
  {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return held_ > 0 || ended_; });
    if (error_) return unexpected(*error_);
    while (count < into.size() && held_ > 0) {
      const std::string& piece = pieces_.front();
      const std::size_t some = std::min(into.size() - count, piece.size() - taken_);
      std::copy_n(piece.data() + taken_, some, into.data() + count);
      count += some;
      taken_ += some;
      held_ -= some;
      if (taken_ < piece.size()) continue;
      pieces_.pop_front();
      taken_ = 0;
    }
    wake = refused_ && held_ <= capacity_ / 2;
    if (wake) refused_ = false;
  }
  if (wake)
    loop_.post([self = shared_from_this()] {
      if (self->resume_) self->resume_->resume();
    });
  return count;
}

}  // namespace sluice::io
