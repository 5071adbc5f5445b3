// Holds a range's answer to what was asked, before its first byte reaches the sink behind it.
//
// A server may ignore a range (200 with everything) or clip it at the object's end; written at the
// range's place, the former would be wrong bytes. One thread; the sink behind must outlive it.
#pragma once

#include "io/body.h"
#include "io/http.h"

namespace sluice::engine {

/// How many bytes the answer has of the range that was asked for, where it says so; refuses any other range.
Result<std::optional<std::uint64_t>> length_of_answer(const io::ByteRange& asked, int status,
                                                      const io::Headers&);

class RangeSink final : public io::BodySink {
 public:
  RangeSink(io::BodySink* behind, io::ByteRange asked) : behind_(behind), asked_(asked) {}

  Result<void> begin(const io::Response& head) override;
  Result<std::size_t> write(std::string_view data) override;
  bool rewind() override {
    received_ = 0;
    return behind_->rewind();
  }
  void attach(io::Resume* resume) override { behind_->attach(resume); }

 private:
  io::BodySink* behind_;
  io::ByteRange asked_;
  std::uint64_t expected_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace sluice::engine
