// LEB128 and fixed-size fields; a mask byte says which checksums follow.
#include "emulator/index_codec.h"

#include <algorithm>
#include <concepts>

namespace sluice::emulator {
namespace {

void put_number(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

bool take_number(std::string_view& from, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

void put_text(std::string& to, std::string_view text) {
  put_number(to, text.size());
  to.append(text);
}

bool take_text(std::string_view& from, std::string& text) {
  std::uint64_t size = 0;
  if (!take_number(from, size) || size > from.size()) return false;
  text.assign(from.substr(0, size));
  from.remove_prefix(size);
  return true;
}

template <std::unsigned_integral Value>
void put_value(std::string& to, Value value) {
  for (unsigned shift = 0; shift < 8 * sizeof(Value); shift += 8)
    to.push_back(static_cast<char>(value >> shift));
}

template <std::unsigned_integral Value>
bool take_value(std::string_view& from, Value& value) {
  if (from.size() < sizeof(Value)) return false;
  value = 0;
  for (unsigned i = 0; i < sizeof(Value); ++i)
    value |= static_cast<Value>(static_cast<Value>(static_cast<unsigned char>(from[i])) << 8 * i);
  from.remove_prefix(sizeof(Value));
  return true;
}

template <std::size_t N>
void put_value(std::string& to, const std::array<std::uint8_t, N>& value) {
  to.append(reinterpret_cast<const char*>(value.data()), N);
}

template <std::size_t N>
bool take_value(std::string_view& from, std::array<std::uint8_t, N>& value) {
  if (from.size() < N) return false;
  std::copy_n(from.begin(), N, value.begin());
  from.remove_prefix(N);
  return true;
}

// The order is the format: a new sum goes to the end.
template <class S, class F>
void each_sum(S& sums, F&& use) {
  unsigned bit = 0;
  use(bit++, sums.md5);
  use(bit++, sums.crc64);
  use(bit++, sums.crc32c);
  use(bit++, sums.crc32);
  use(bit++, sums.crc64nvme);
  use(bit++, sums.sha1);
  use(bit++, sums.sha256);
}

}  // namespace

std::string pack_extents(const Extents& extents) {
  std::string packed;
  for (const Extent& extent : extents) {
    put_number(packed, extent.file);
    put_number(packed, extent.offset);
    put_number(packed, extent.length);
  }
  return packed;
}

bool unpack_extents(std::string_view packed, Extents& into) {
  into.clear();
  while (!packed.empty()) {
    Extent extent;
    if (!take_number(packed, extent.file) || !take_number(packed, extent.offset) ||
        !take_number(packed, extent.length))
      return false;
    into.push_back(extent);
  }
  return true;
}

std::string pack_sums(const Sums& sums) {
  std::string packed(1, '\0');
  each_sum(sums, [&](unsigned bit, const auto& sum) {
    if (!sum) return;
    packed[0] = static_cast<char>(packed[0] | 1 << bit);
    put_value(packed, *sum);
  });
  return packed;
}

bool unpack_sums(std::string_view packed, Sums& into) {
  into = {};
  if (packed.empty()) return true;
  auto mask = static_cast<unsigned char>(packed.front());
  packed.remove_prefix(1);
  bool whole = true;
  each_sum(into, [&](unsigned bit, auto& sum) {
    if (mask & 1u << bit) whole = whole && take_value(packed, sum.emplace());
  });
  return whole && packed.empty();
}

std::string pack_headers(const HeaderList& headers) {
  std::string packed;
  for (const auto& [name, value] : headers) {
    put_text(packed, name);
    put_text(packed, value);
  }
  return packed;
}

bool unpack_headers(std::string_view packed, HeaderList& into) {
  into.clear();
  while (!packed.empty()) {
    auto& [name, value] = into.emplace_back();
    if (!take_text(packed, name) || !take_text(packed, value)) return false;
  }
  return true;
}

}  // namespace sluice::emulator
