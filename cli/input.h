// Bytes from a file or from standard input, in order, however long they take to come.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cli/interrupt.h"
#include "cli/location.h"
#include "sluice/result.h"

namespace sluice::cli {

/// Fills part of `into` and answers how much, 0 at the end. Waits for the first byte; kind `cancelled` when
/// a signal comes meanwhile, kind disk when `name` cannot be read.
Result<std::size_t> read_some(int fd, const std::string& name, const Interrupt&, std::span<char> into);

/// A file or standard input, a piece at a time.
class Input {
 public:
  static Result<Input> open(const Location&, const Interrupt&);
  Input(Input&& other) noexcept;
  ~Input();

  /// `size` bytes, fewer only at the end. Errors as of read_some().
  Result<std::string> next(std::size_t size);
  /// Of a regular file.
  std::optional<std::uint64_t> size() const;

 private:
  Input(int fd, std::string name, const Interrupt& interrupt)
      : fd_(fd), name_(std::move(name)), interrupt_(&interrupt) {}

  int fd_;
  std::string name_;
  const Interrupt* interrupt_;
};

}  // namespace sluice::cli
