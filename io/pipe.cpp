// The ring between a GET and a PUT. `in` and `out` count bytes since the start; byte n lives at
// n modulo the capacity, so that what is in the ring is [out, in).
//
// Resuming the other side may call straight back into this pipe: every function has its own numbers
// right before it resumes anybody, and touches nothing after.
#include "io/pipe.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace sluice::io {

struct Pipe::Ring {
  const std::uint64_t size;
  std::size_t capacity;
  const std::optional<ExpectedRange> expected;
  Digests digests;
  std::vector<char> bytes;
  std::uint64_t in = 0, out = 0;
  std::uint64_t skip = 0;            ///< bytes of a repeated answer that are already in
  std::size_t writer_waits_for = 0;  ///< room the paused writer needs; 0 = it is not paused
  bool reader_waits = false;
  Resume* writer = nullptr;
  Resume* reader = nullptr;
  std::optional<Error> failure;

  std::size_t room() const { return capacity - static_cast<std::size_t>(in - out); }

  void append(std::string_view data) {
    if (bytes.empty()) bytes.resize(capacity);
    const std::size_t at = static_cast<std::size_t>(in % capacity);
    const std::size_t first = std::min(data.size(), capacity - at);
    std::memcpy(bytes.data() + at, data.data(), first);
    std::memcpy(bytes.data(), data.data() + first, data.size() - first);
    in += data.size();
  }

  std::size_t take(std::span<char> into) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), in - out));
    if (count == 0) return 0;
    const std::size_t at = static_cast<std::size_t>(out % capacity);
    const std::size_t first = std::min(count, capacity - at);
    std::memcpy(into.data(), bytes.data() + at, first);
    std::memcpy(into.data() + first, bytes.data(), count - first);
    out += count;
    return count;
  }

  void resume_reader() {
    if (std::exchange(reader_waits, false) && reader) reader->resume();
  }
  void resume_writer() {
    if (std::exchange(writer_waits_for, 0) != 0 && writer) writer->resume();
  }
};

class Pipe::In final : public BodySink {
 public:
  explicit In(Ring& ring) : ring_(ring) {}

  Result<void> begin(const Response& head) override {
    if (ring_.failure) return unexpected(*ring_.failure);
    return ring_.expected ? check_range_answer(head, *ring_.expected) : Result<void>{};
  }

  Result<std::size_t> write(std::string_view data) override {
    if (ring_.failure) return unexpected(*ring_.failure);
    const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(ring_.skip, data.size()));
    const std::string_view fresh = data.substr(skipped);
    if (fresh.size() > ring_.size - ring_.in)
      return sluice::fail(ErrorKind::integrity,
                          "the answer is longer than the " + std::to_string(ring_.size) + " bytes asked for");
    if (fresh.size() > ring_.capacity)
      return sluice::fail(ErrorKind::internal, "a piece of " + std::to_string(fresh.size()) +
                                                   " bytes for a pipe of " + std::to_string(ring_.capacity));
    if (fresh.size() > ring_.room()) {
      ring_.writer_waits_for = fresh.size();
      return kPaused;  // all of it comes again, the skipped bytes too
    }
    ring_.skip -= skipped;
    if (fresh.empty()) return data.size();
    ring_.digests.update(fresh);
    ring_.append(fresh);
    ring_.resume_reader();
    return data.size();
  }

  bool rewind() override {
    ring_.skip = ring_.in;
    ring_.writer_waits_for = 0;
    return !ring_.failure;
  }
  void attach(Resume* resume) override { ring_.writer = resume; }

 private:
  Ring& ring_;
};

class Pipe::Out final : public BodySource {
 public:
  explicit Out(Ring& ring) : ring_(ring) {}

  std::uint64_t size() const override { return ring_.size; }

  Result<std::size_t> read(std::span<char> into) override {
    if (ring_.failure) return unexpected(*ring_.failure);
    if (ring_.out == ring_.size || into.empty()) return std::size_t{0};
    const std::size_t count = ring_.take(into);
    if (count == 0) {
      ring_.reader_waits = true;
      return kPaused;
    }
    // Half empty, not one byte free: every resume costs a trip through the loop.
    if (ring_.writer_waits_for > 0 && ring_.room() >= std::max(ring_.writer_waits_for, ring_.capacity / 2))
      ring_.resume_writer();
    return count;
  }

  bool rewind() override {
    if (ring_.failure || ring_.in > ring_.capacity) return false;
    ring_.out = 0;
    ring_.reader_waits = false;
    return true;
  }
  void attach(Resume* resume) override { ring_.reader = resume; }

 private:
  Ring& ring_;
};

// libcurl's pieces are 16 KiB at most; a writer's piece must fit an empty ring, or it would wait forever.
constexpr std::uint64_t kSmallest = 64u << 10;

Pipe::Pipe(std::uint64_t size, std::size_t capacity, DigestFlags digests,
           std::optional<ExpectedRange> expected)
    : ring_(new Ring{.size = size,
                     .capacity = static_cast<std::size_t>(std::max<std::uint64_t>(
                         1, std::min(size, std::max<std::uint64_t>(capacity, kSmallest)))),
                     .expected = std::move(expected),
                     .digests = Digests(digests),
                     .bytes = {},
                     .failure = {}}),
      in_(std::make_unique<In>(*ring_)),
      out_(std::make_unique<Out>(*ring_)) {}

Pipe::~Pipe() = default;

BodySink& Pipe::sink() {
  return *in_;
}
BodySource& Pipe::source() {
  return *out_;
}

void Pipe::fail(Error error) {
  if (ring_->failure) return;
  ring_->failure = std::move(error);
  ring_->resume_reader();
  ring_->resume_writer();
}

const std::optional<Error>& Pipe::failure() const {
  return ring_->failure;
}

Result<void> Pipe::end_of_input() {
  if (ring_->failure) return unexpected(*ring_->failure);
  if (ring_->in == ring_->size) return {};
  fail(make_error(ErrorKind::network, "the answer ended after " + std::to_string(ring_->in) + " of " +
                                          std::to_string(ring_->size) + " bytes"));
  return unexpected(*ring_->failure);
}

DigestValues Pipe::digests() const {
  return ring_->digests.values();
}
std::uint64_t Pipe::bytes_in() const {
  return ring_->in;
}
std::uint64_t Pipe::bytes_out() const {
  return ring_->out;
}

}  // namespace sluice::io
