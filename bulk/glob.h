// Glob: one pattern for names, compiled.
//
//   *       any text without '/'            [a-z]   one byte of ASCII that is in it
//   **      any text                        [^a-z]  one character that is not in it; never '/'
//   ?       one character but '/'           {a,b}   either
//   \x      x itself
//
// A '/' in front ties the pattern to the beginning of the name; else it may begin behind any '/'. It always
// reaches to the end of the name; a '/' there stands for a directory with all that is below it.
//
// Matching takes at most the product of both lengths, whatever they hold: all ways through the pattern are
// followed at once, a bit each. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/result.h"

namespace sluice::bulk {

class Glob {
 public:
  /// Kind argument: what is wrong with the pattern. `ignore_case`: of ASCII letters.
  static Result<Glob> compile(std::string_view pattern, bool ignore_case);

  bool matches(std::string_view name) const;
  // Of every name that begins with `directory`, which ends in '/':
  bool may_match_below(std::string_view directory) const;    ///< false only when none is matched
  bool matches_all_below(std::string_view directory) const;  ///< true only when each is

 private:
  class Compiler;
  static constexpr std::size_t kWords = 16;
  /// Bit i: the pattern is matched up to its place i. Only `words_` of them are in use.
  using Places = std::array<std::uint64_t, kWords>;

  Places after(std::string_view text) const;
  void step(Places& places, unsigned char byte) const;
  void follow(Places& places) const;
  bool ends_so(std::string_view name) const;
  bool none(const Places& places) const;
  bool meet(const Places& places, const Places& others) const;

  bool everything_ = false;
  bool anchored_ = false;
  bool ignore_case_ = false;
  std::size_t words_ = 1;
  std::string tail_;  ///< how every name that it matches ends; in small letters if case is ignored
  /// Of each kind of byte two rows of words: from which places it leads to the next, and at which it stays.
  std::vector<std::uint64_t> rows_;
  std::array<std::uint8_t, 256> row_of_{};
  Places jump_from_{};  ///< places from which others are reached without a byte
  std::vector<std::pair<std::uint16_t, std::uint16_t>> jumps_;  ///< from and to, which is larger; sorted
  std::vector<std::uint16_t> first_jump_;                       ///< of each place
  Places begin_{}, end_{};
  Places all_{};  ///< places from which whatever follows is matched
};

}  // namespace sluice::bulk
