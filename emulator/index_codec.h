// How the index packs what is not a column: slices of data files, checksums, header lists.
//
// Lengths and numbers are LEB128; decoders answer false on bytes that no encoder made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/storage_types.h"

namespace sluice::emulator {

/// `length` bytes of data file `file`, from `offset`.
struct Extent {
  std::uint64_t file = 0, offset = 0, length = 0;
  bool operator==(const Extent&) const = default;
};
using Extents = std::vector<Extent>;

std::string pack_extents(const Extents&);
bool unpack_extents(std::string_view packed, Extents& into);

std::string pack_sums(const Sums&);
bool unpack_sums(std::string_view packed, Sums& into);

std::string pack_headers(const HeaderList&);
bool unpack_headers(std::string_view packed, HeaderList& into);

}  // namespace sluice::emulator
