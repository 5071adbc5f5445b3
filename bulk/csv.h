// Records of comma-separated values (RFC 4180): fields in quotes may hold commas, line ends and doubled
// quotes.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sluice/result.h"

namespace sluice::bulk {

class CsvReader {
 public:
  /// Fills part of the span and answers how much; 0 at the end.
  using Read = std::function<Result<std::size_t>(std::span<char>)>;

  explicit CsvReader(Read read) : read_(std::move(read)), buffer_(64u << 10) {}

  /// False: there are no more. Blank lines are none. `fields` keeps its memory.
  Result<bool> next(std::vector<std::string>& fields);
  /// Of the record that next() gave, from 1.
  std::uint64_t record() const { return record_; }

 private:
  Result<int> get();  ///< the next byte; -1 at the end

  Read read_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, size_ = 0;
  std::uint64_t record_ = 0;
};

}  // namespace sluice::bulk
