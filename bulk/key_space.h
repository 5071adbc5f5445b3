// How far apart keys are: arithmetic with names as numbers.
//
// A name is a number whose digits are its characters. What a digit can be at each position is learned from
// the names that are listed, so that "k0000009999" is next to "k0000010000", "2024-01-31" near to
// "2024-02-01", and a hash is evenly spread. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bulk {

class KeySpace {
 public:
  /// A name, and the one listed just before it; "" = none.
  void see(std::string_view before, std::string_view name);

  /// What is `times` as far behind `at` as `to` is behind `from`, both of which were seen. UTF-8, above `at`;
  /// empty = behind all that can be thought of.
  std::string behind(std::string_view at, std::string_view from, std::string_view to, double times) const;

 private:
  /// A byte, plus one; 0 = the name has ended.
  using Symbol = std::uint16_t;
  static constexpr std::size_t kSymbols = 257;

  struct Position {
    std::array<std::uint64_t, 5> seen{};
    bool came_round = false;  ///< a position before it has changed: what it can be has been seen
    bool holds(Symbol s) const { return seen[s / 64] >> (s % 64) & 1; }
  };
  struct Alphabet {
    std::vector<Symbol> symbols;  ///< rising
    std::uint64_t rank(Symbol s) const;
  };

  static Symbol symbol(std::string_view name, std::size_t at);
  void add(std::size_t at, Symbol s);
  void expect() const;
  std::uint64_t value(std::string_view name, std::size_t begin, std::size_t end) const;

  std::vector<Position> positions_;
  mutable std::vector<Alphabet> alphabets_;  ///< what is expected, from what was seen
  mutable bool stale_ = true;
};

}  // namespace sluice::bulk
