// What a ranged GET must have answered before its body may touch a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/http.h"
#include "sluice/result.h"

namespace sluice::io {

struct ExpectedRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  std::optional<std::uint64_t> total{};  ///< size of the whole object; empty = not checked
  std::string etag{};                    ///< what If-Match named, with or without quotes; empty = not checked
};

/// 206 with exactly this Content-Range, or 200 where the range is the whole object; total and ETag as
/// expected. An object that changed is kind integrity, an answer that makes no sense kind decode.
Result<void> check_range_answer(const Response& head, const ExpectedRange& expected);

}  // namespace sluice::io
