// The bytes that every synthetic object is cut from: one pattern, in memory and in a file that
// sendfile reads. Byte i of object n is byte base(n) + i of it.
#pragma once

#include <cstdint>

namespace sink {

class Pattern {
 public:
  /// Odd, and no multiple of a usual part size, so that a part at the wrong place never matches.
  static constexpr std::uint64_t kPeriod = 16785407;

  Pattern();
  Pattern(const Pattern&) = delete;

  /// kPeriod bytes may be read from here on.
  const char* at(std::uint64_t offset) const { return bytes_ + offset % kPeriod; }
  int file() const { return file_; }
  static std::uint64_t base(std::uint64_t object);

 private:
  int file_ = -1;
  const char* bytes_ = nullptr;
};

}  // namespace sink
