// Buckets that are computed, so that a million keys cost no memory. Their names say what is in them:
//
//   many-<count>-<size>             k0000000000, k0000000001, ...
//   tree-<count>-<size>-<per dir>   d0000000/k0000000000, ...
//   hash-<count>-<size>             32 hexadecimal digits, evenly spread by chance
//   days-<count>-<size>-<per day>   2020/01/01/000000000, 2020/01/01/000000001, ...
//
// Numbers may end in k, m or g (binary).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sink {

struct Synthetic {
  enum class Keys { counter, hash, day };

  std::uint64_t count = 0, size = 0;
  std::uint64_t per_directory = 0;  ///< 0: flat
  Keys keys = Keys::counter;

  static std::optional<Synthetic> parse(std::string_view bucket);

  std::string key(std::uint64_t index) const;
  std::optional<std::uint64_t> index(std::string_view key) const;
  /// The first index whose key is not less.
  std::uint64_t lower_bound(std::string_view key) const;
};

}  // namespace sink
