#include "bulk/key_space.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice::bulk {
namespace {

constexpr std::uint64_t kWindow = 1ull << 44;  // a page's length is told in digits worth so much
constexpr double kFarthest = 4e18;

/// Bytes of a character that begins with `lead`; 0 = none does.
std::size_t character(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/// The text up to what is no UTF-8.
std::string_view readable(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const std::size_t count = character(byte(0));
    bool fine = count > 0 && at + count <= text.size();
    for (std::size_t i = 1; fine && i < count; ++i) fine = (byte(i) & 0xc0) == 0x80;
    // Too long a form, a surrogate, beyond the last character.
    if (fine && count > 2)
      fine = !(byte(0) == 0xe0 && byte(1) < 0xa0) && !(byte(0) == 0xed && byte(1) > 0x9f) &&
             !(byte(0) == 0xf0 && byte(1) < 0x90) && !(byte(0) == 0xf4 && byte(1) > 0x8f);
    if (!fine) break;
    at += count;
  }
  return text.substr(0, at);
}

std::size_t common(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

std::uint64_t KeySpace::Alphabet::rank(Symbol s) const {
  return static_cast<std::uint64_t>(std::ranges::lower_bound(symbols, s) - symbols.begin());
}

KeySpace::Symbol KeySpace::symbol(std::string_view name, std::size_t at) {
  return at < name.size() ? static_cast<Symbol>(static_cast<unsigned char>(name[at]) + 1) : Symbol{0};
}

void KeySpace::add(std::size_t at, Symbol s) {
  Position& position = positions_[at];
  if (position.holds(s)) return;
  position.seen[s / 64] |= std::uint64_t{1} << (s % 64);
  stale_ = true;
}

void KeySpace::see(std::string_view before, std::string_view name) {
  const std::size_t longest = std::max(before.size(), name.size());
  if (positions_.size() <= longest) {
    positions_.resize(longest + 1);
    stale_ = true;
  }
  const std::size_t same = common(before, name);
  for (std::size_t i = same; i <= name.size(); ++i) add(i, symbol(name, i));
  if (before.empty()) return;
  for (std::size_t i = same + 1; i <= longest; ++i) {
    stale_ = stale_ || !positions_[i].came_round;
    positions_[i].came_round = true;
  }
}

/// A position that has not come round yet will hold what the nearest one behind it holds that holds all of
/// its own: a counter's thousands what its hundreds do.
void KeySpace::expect() const {
  if (!std::exchange(stale_, false)) return;
  std::vector<Position> expected = positions_;
  for (std::size_t i = expected.size(); i-- > 0;) {
    if (expected[i].came_round) continue;
    auto& mine = expected[i].seen;
    for (std::size_t j = i + 1; j < expected.size(); ++j) {
      const auto& other = expected[j].seen;
      const bool all = std::ranges::equal(mine, other, [](auto a, auto b) { return (a & ~b) == 0; });
      if (!all) continue;
      const bool ends = positions_[i].holds(0);
      mine = other;
      if (!ends) mine[0] &= ~std::uint64_t{1};
      break;
    }
  }
  alphabets_.assign(expected.size(), {});
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (Symbol s = 0; s < kSymbols; ++s)
      if (expected[i].holds(s)) alphabets_[i].symbols.push_back(s);
    if (alphabets_[i].symbols.empty()) alphabets_[i].symbols.push_back(0);
  }
}

std::uint64_t KeySpace::value(std::string_view name, std::size_t begin, std::size_t end) const {
  std::uint64_t value = 0;
  for (std::size_t i = begin; i < end; ++i)
    value = value * alphabets_[i].symbols.size() + alphabets_[i].rank(symbol(name, i));
  return value;
}

std::string KeySpace::behind(std::string_view at, std::string_view from, std::string_view to,
                             double times) const {
  expect();
  const std::size_t begin = common(from, to);
  if (begin >= alphabets_.size()) return {};
  std::size_t end = begin;
  for (std::uint64_t size = 1; end < alphabets_.size() && size < kWindow; ++end)
    size *= std::max<std::size_t>(1, alphabets_[end].symbols.size());
  const std::uint64_t low = value(from, begin, end), high = value(to, begin, end);
  const double far = times * (static_cast<double>(high) - static_cast<double>(low));
  if (!(far > 0) || far > kFarthest) return {};

  std::uint64_t carry = value(at, begin, end) + static_cast<std::uint64_t>(std::llround(far));
  std::vector<Symbol> digits(end);
  for (std::size_t i = end; i-- > 0;) {
    const Alphabet& alphabet = alphabets_[i];
    if (i < begin) carry += alphabet.rank(symbol(at, i));
    digits[i] = alphabet.symbols[carry % alphabet.symbols.size()];
    carry /= alphabet.symbols.size();
  }
  if (carry > 0) return {};
  std::string name;
  for (const Symbol s : digits) {
    if (s == 0) break;
    name += static_cast<char>(s - 1);
  }
  name.resize(readable(name).size());
  return name > at ? name : std::string();
}

}  // namespace sluice::bulk
