// The two ends of a request's bytes. Both are driven by the loop on the worker's thread.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "io/http.h"
#include "sluice/result.h"

namespace sluice::io {

/// read() and write() may answer "not now": the loop pauses the transfer until resume is called.
inline constexpr std::size_t kPaused = std::numeric_limits<std::size_t>::max();

/// Wakes a paused request. Loop thread only; harmless when not paused or already finished.
class Resume {
 public:
  virtual ~Resume() = default;
  virtual void resume() = 0;
};

/// Bytes of an upload. `size()` is exact and sent as Content-Length.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills part of `into`; returns the count, 0 at the end, kPaused for "not now".
  /// An error ends the request with that error.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  /// Back to the first byte, for a retry. False: cannot.
  virtual bool rewind() = 0;
  /// Told once per attempt, before the first read.
  virtual void attach(Resume*) {}
};

/// Bytes of a download. Only bodies of 2xx answers reach a sink.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// Status and headers of a 2xx answer, before the first byte. An error ends the request with it.
  virtual Result<void> begin(const Response& head) = 0;
  /// Takes all of `data`, or none of it (kPaused: the same data comes again after resume).
  virtual Result<std::size_t> write(std::string_view data) = 0;
  /// Forget what this attempt wrote; false: cannot be repeated.
  virtual bool rewind() = 0;
  virtual void attach(Resume*) {}
};

}  // namespace sluice::io
