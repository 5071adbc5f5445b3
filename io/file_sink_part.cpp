// The sinks of parts: into a part file through a gathering buffer, and into memory. One worker thread
// each.
//
// libcurl hands out 16 KiB at a time; 256 KiB writes cost two fifths less CPU on disk file systems. The
// buffer belongs to the part, never to the worker: one action of the loop may deliver bytes of several
// parts in turn.
#include <algorithm>
#include <cstring>
#include <utility>

#include "io/file_sink.h"

namespace sluice::io {
namespace {

/// What every part sink does before and after its bytes: expectations, count, checksums.
class CountedSink : public PartSink {
 public:
  CountedSink(std::uint64_t length, DigestFlags digests, std::optional<ExpectedRange> expected)
      : length_(length), expected_(std::move(expected)), digests_(digests) {}

  Result<void> begin(const Response& head) override {
    return expected_ ? check_range_answer(head, *expected_) : Result<void>{};
  }

  Result<std::size_t> write(std::string_view data) final {
    if (data.size() > length_ - taken_)
      return broken(make_error(ErrorKind::integrity, "the answer is longer than the " +
                                                         std::to_string(length_) + " bytes asked for"));
    if (auto stored = store(taken_, data); !stored) return broken(stored.error());
    digests_.update(data);
    taken_ += data.size();
    if (taken_ == length_)
      if (auto ended = flush(); !ended) return broken(ended.error());
    return data.size();
  }

  bool rewind() override {
    taken_ = 0;
    failure_.reset();
    digests_.reset();
    return true;
  }

  Result<void> finish() final {
    if (failure_) return unexpected(*failure_);
    if (auto ended = flush(); !ended) return broken(ended.error());
    if (taken_ == length_) return {};
    return fail(ErrorKind::network, "the answer ended after " + std::to_string(taken_) + " of " +
                                        std::to_string(length_) + " bytes");
  }

  DigestValues digests() const final { return digests_.values(); }

 protected:
  virtual Result<void> store(std::uint64_t at, std::string_view data) = 0;
  virtual Result<void> flush() { return {}; }
  const std::uint64_t length_;

 private:
  // Kept until rewind(): finish() must not speak well of a part of which one write failed.
  Unexpected broken(Error error) {
    failure_ = error;
    return unexpected(std::move(error));
  }

  const std::optional<ExpectedRange> expected_;
  std::uint64_t taken_ = 0;
  std::optional<Error> failure_;
  Digests digests_;
};

class FileSink final : public CountedSink {
 public:
  FileSink(std::shared_ptr<PartFile> file, std::uint64_t offset, std::uint64_t length, DigestFlags digests,
           std::optional<ExpectedRange> expected, std::size_t gather)
      : CountedSink(length, digests, std::move(expected)),
        file_(std::move(file)),
        offset_(offset),
        gather_(static_cast<std::size_t>(std::min<std::uint64_t>(gather, length))) {}

  bool rewind() override {
    gathered_ = 0;
    return CountedSink::rewind();
  }

 private:
  Result<void> store(std::uint64_t at, std::string_view data) override {
    while (!data.empty()) {
      if (gathered_ == 0 && data.size() >= gather_) return file_->write_at(offset_ + at, data);
      if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(gather_);
      if (gathered_ == 0) gathered_at_ = offset_ + at;
      const std::size_t take = std::min(data.size(), gather_ - gathered_);
      std::memcpy(buffer_.get() + gathered_, data.data(), take);
      gathered_ += take;
      at += take;
      data.remove_prefix(take);
      if (gathered_ == gather_)
        if (auto written = empty_buffer(); !written) return written;
    }
    return {};
  }

  Result<void> flush() override {
    auto written = empty_buffer();
    buffer_.reset();
    return written;
  }

  Result<void> empty_buffer() {
    const std::size_t count = std::exchange(gathered_, 0);
    return count == 0 ? Result<void>{} : file_->write_at(gathered_at_, {buffer_.get(), count});
  }

  const std::shared_ptr<PartFile> file_;
  const std::uint64_t offset_;
  const std::size_t gather_;
  std::unique_ptr<char[]> buffer_;
  std::size_t gathered_ = 0;
  std::uint64_t gathered_at_ = 0;  ///< file offset of the buffer's first byte
};

class MemorySink final : public CountedSink {
 public:
  MemorySink(std::string* into, std::uint64_t offset, std::uint64_t length, DigestFlags digests,
             std::optional<ExpectedRange> expected)
      : CountedSink(length, digests, std::move(expected)), into_(into), offset_(offset) {}

 private:
  Result<void> store(std::uint64_t at, std::string_view data) override {
    if (offset_ + length_ > into_->size())
      return fail(ErrorKind::internal, "the memory of a download is too small");
    std::memcpy(into_->data() + offset_ + at, data.data(), data.size());
    return {};
  }

  std::string* const into_;
  const std::uint64_t offset_;
};

}  // namespace

std::unique_ptr<PartSink> PartFile::part(std::uint64_t offset, std::uint64_t length, DigestFlags digests,
                                         std::optional<ExpectedRange> expected, std::size_t gather) {
  return std::make_unique<FileSink>(shared_from_this(), offset, length, digests, std::move(expected), gather);
}

std::unique_ptr<PartSink> memory_sink(std::string* into, std::uint64_t offset, std::uint64_t length,
                                      DigestFlags digests, std::optional<ExpectedRange> expected) {
  return std::make_unique<MemorySink>(into, offset, length, digests, std::move(expected));
}

}  // namespace sluice::io
