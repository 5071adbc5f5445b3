// Pipe: streams one request's answer into another request's body: a ranged GET into a PUT.
//
// A bounded ring with a BodySink end and a BodySource end, each of which pauses its request when the
// ring is full or empty and is resumed by the other. Both requests run on ONE loop thread, which owns
// the pipe: no locks. The owner keeps the pipe alive until both requests have ended, and tells it what
// the ends cannot know: fail() when one request failed (the other then ends with the same error) and
// end_of_input() when the GET has ended well.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "io/body.h"
#include "io/file_digests.h"
#include "io/file_range.h"
#include "sluice/result.h"

namespace sluice::io {

class Pipe {
 public:
  /// `size` bytes will pass. The ring takes `capacity` bytes (less when `size` is), at the first byte.
  Pipe(std::uint64_t size, std::size_t capacity, DigestFlags digests = kNoDigest,
       std::optional<ExpectedRange> expected = {});
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  /// For the GET. rewind() always works: the repeated answer's bytes that the ring has already taken
  /// are skipped, so that a broken GET does not break the PUT. Needs If-Match to be right.
  BodySink& sink();
  /// For the PUT. rewind() works while the ring still holds everything that was read.
  BodySource& source();

  /// Ends both sides with `error`; the first one stays.
  void fail(Error error);
  const std::optional<Error>& failure() const;
  /// The GET has ended well: an error (kind network, also given to the reader) when bytes are missing.
  Result<void> end_of_input();

  /// Of the bytes that came in so far, each counted once.
  DigestValues digests() const;
  std::uint64_t bytes_in() const;
  std::uint64_t bytes_out() const;

 private:
  struct Ring;
  class In;
  class Out;
  std::unique_ptr<Ring> ring_;
  std::unique_ptr<In> in_;
  std::unique_ptr<Out> out_;
};

}  // namespace sluice::io
