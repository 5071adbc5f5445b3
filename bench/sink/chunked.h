// Decodes chunked framing, fed with whatever arrives. aws-chunked is the same but for the extension
// of a chunk's head and the trailer, and both are skipped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "bench/sink/text.h"

namespace sink {

class Chunked {
 public:
  bool done() const { return state_ == State::done; }
  bool bad() const { return bad_; }
  /// Bytes of data that come next, whatever they are.
  std::uint64_t data_left() const { return state_ == State::data ? left_ : 0; }
  void skip_data(std::uint64_t count) {
    left_ -= count;
    if (left_ == 0) state_ = State::data_end;
  }

  /// Gives the data to `take(bytes, count)` and answers how many bytes belong to this body.
  template <class Take>
  std::size_t feed(const char* bytes, std::size_t count, Take&& take) {
    std::size_t at = 0;
    while (at < count && !done()) {
      if (state_ == State::data) {
        const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(left_, count - at));
        take(bytes + at, some);
        at += some;
        skip_data(some);
      } else {
        take_framing(bytes[at++]);
      }
    }
    return at;
  }

 private:
  enum class State { size, data, data_end, trailer, done };
  static constexpr std::size_t kLongestLine = 8192;

  void take_framing(char c) {
    if (c != '\n') {
      if (c != '\r') line_ += c;
      if (line_.size() > kLongestLine) fail();
      return;
    }
    end_of_line();
    line_.clear();
  }

  void end_of_line() {
    if (state_ == State::size) {
      if (line_.empty() || hex_digit(line_[0]) < 0) return fail();
      left_ = std::strtoull(line_.c_str(), nullptr, 16);
      state_ = left_ > 0 ? State::data : State::trailer;
    } else if (state_ == State::data_end) {
      state_ = State::size;
    } else if (line_.empty()) {
      state_ = State::done;
    }
  }

  void fail() {
    bad_ = true;
    state_ = State::done;
  }

  State state_ = State::size;
  std::uint64_t left_ = 0;
  std::string line_;
  bool bad_ = false;
};

}  // namespace sink
