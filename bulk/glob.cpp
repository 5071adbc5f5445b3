#include "bulk/glob.h"

#include <algorithm>
#include <bit>
#include <bitset>
#include <map>

namespace sluice::bulk {
namespace {

using Bytes = std::bitset<256>;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::size_t index(char c) {
  return static_cast<unsigned char>(c);
}
/// Of a character in UTF-8, all bytes but the first.
bool continues(std::size_t byte) {
  return (byte & 0xC0) == 0x80;
}

Bytes bytes_where(bool (*wanted)(std::size_t)) {
  Bytes bytes;
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) bytes[byte] = wanted(byte);
  return bytes;
}
const Bytes kAscii = bytes_where([](std::size_t byte) { return byte < 0x80; });
const Bytes kAnyButSlash = bytes_where([](std::size_t byte) { return byte != '/'; });
const Bytes kFirst = bytes_where([](std::size_t byte) { return byte != '/' && !continues(byte); });
const Bytes kLater = bytes_where(continues);

void add_other_case(Bytes& bytes) {
  for (std::size_t small = 'a'; small <= 'z'; ++small) {
    const std::size_t large = small - 'a' + 'A';
    bytes[small] = bytes[large] = bytes[small] || bytes[large];
  }
}

}  // namespace

/// Reads a pattern, a place for each of its pieces.
class Glob::Compiler {
 public:
  Compiler(std::string_view pattern, bool ignore_case) : pattern_(pattern) {
    glob_.ignore_case_ = ignore_case;
  }

  Result<Glob> compile() {
    if (pattern_.empty()) return fail(ErrorKind::argument, "it is empty");
    if (pattern_.front() == '/') {
      glob_.anchored_ = true;
      ++at_;
    }
    const std::string_view rest = pattern_.substr(at_);
    glob_.everything_ = rest.empty() || rest == "**" || (rest == "*" && !glob_.anchored_);
    if (rest.empty()) add_stars(true);
    while (at_ < pattern_.size())
      if (Result<void> read = piece(); !read) return unexpected(std::move(read).error());
    if (in_braces_) return fail(ErrorKind::argument, "a { has no }");
    if (place_ >= kMost) return fail(ErrorKind::argument, "it is too long");
    finish();
    return std::move(glob_);
  }

 private:
  static constexpr std::size_t kMost = kWords * 64 - 1;

  Result<void> piece() {
    if (place_ >= kMost) return fail(ErrorKind::argument, "it is too long");
    const char c = pattern_[at_++];
    switch (c) {
      case '*':
        return stars();
      case '?':
        add_character(kFirst);
        return {};
      case '[':
        return set();
      case '{':
        return open_braces();
      case '}':
        return close_braces();
      case ',':
        if (in_braces_) return next_choice(), Result<void>();
        break;
      case '\\':
        if (at_ == pattern_.size())
          return fail(ErrorKind::argument, "a \\ at its end has nothing to stand before");
        add_byte(pattern_[at_++]);
        return {};
      case ']':
        return fail(ErrorKind::argument, "a ] has no [", "\\] is the ] itself");
      default:
        break;
    }
    add_byte(c);
    if (c == '/' && at_ == pattern_.size()) add_stars(true);
    return {};
  }

  Result<void> stars() {
    std::size_t count = 1;
    for (; at_ < pattern_.size() && pattern_[at_] == '*'; ++at_) ++count;
    if (count > 2) return fail(ErrorKind::argument, "more than two * in a row", "** is any text, / as well");
    add_stars(count == 2);
    return {};
  }

  Result<void> set() {
    const bool negated = at_ < pattern_.size() && pattern_[at_] == '^';
    if (negated) ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == '!')
      return fail(ErrorKind::argument, "[! is not clear",
                  "[^...] is one that is not in it, [\\!...] has the ! in it");
    Bytes bytes;
    while (true) {
      if (at_ == pattern_.size()) return fail(ErrorKind::argument, "a [ has no ]", "\\[ is the [ itself");
      if (pattern_[at_] == ']') break;
      if (Result<void> read = set_range(bytes); !read) return read;
    }
    ++at_;
    if (bytes.none()) return fail(ErrorKind::argument, "a [] has nothing in it", "\\] is the ] itself");
    if (glob_.ignore_case_) add_other_case(bytes);
    add_character(negated ? kFirst & ~bytes : bytes & kAnyButSlash);
    return {};
  }

  Result<char> set_byte() {
    const bool escaped = pattern_[at_] == '\\';
    if (escaped && ++at_ == pattern_.size()) return fail(ErrorKind::argument, "a [ has no ]");
    const char c = pattern_[at_++];
    if (index(c) >= 0x80)
      return fail(ErrorKind::argument, "a [] knows letters of ASCII alone",
                  "{\xC3\xA4,\xC3\xB6} takes others");
    if (c == '/') return fail(ErrorKind::argument, "a [] never stands for a /");
    if (c == '[' && !escaped) return fail(ErrorKind::argument, "a [ in a []", "\\[ is the [ itself");
    return c;
  }

  Result<void> set_range(Bytes& bytes) {
    const Result<char> first = set_byte();
    if (!first) return unexpected(first.error());
    Result<char> last = *first;
    if (at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']') {
      ++at_;
      last = set_byte();
      if (!last) return unexpected(last.error());
    }
    if (index(*last) < index(*first)) return fail(ErrorKind::argument, "a range in a [] goes backwards");
    for (std::size_t byte = index(*first); byte <= index(*last); ++byte) bytes.set(byte);
    return {};
  }

  Result<void> open_braces() {
    if (in_braces_)
      return fail(ErrorKind::argument, "a { within {}",
                  "\\{ is the { itself; there are no regular expressions");
    in_braces_ = true;
    glob_.tail_.clear();
    fork_ = new_place();
    jump(fork_, place_);
    return {};
  }

  void next_choice() {
    choice_ends_.push_back(new_place());
    jump(fork_, place_);
    glob_.tail_.clear();
  }

  Result<void> close_braces() {
    if (!in_braces_) return fail(ErrorKind::argument, "a } has no {", "\\} is the } itself");
    in_braces_ = false;
    for (const std::size_t end : choice_ends_) jump(end, place_);
    choice_ends_.clear();
    glob_.tail_.clear();
    return {};
  }

  std::size_t new_place() { return place_++; }
  void jump(std::size_t from, std::size_t to) {
    glob_.jumps_.emplace_back(static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to));
  }
  static void set_bit(Places& places, std::size_t bit) { places[bit / 64] |= std::uint64_t{1} << (bit % 64); }
  static void set_bits(std::array<Places, 256>& of, const Bytes& bytes, std::size_t place) {
    for (std::size_t byte = 0; byte < of.size(); ++byte)
      if (bytes[byte]) set_bit(of[byte], place);
  }

  void add_byte(char c) {
    Bytes bytes;
    bytes.set(index(c));
    if (glob_.ignore_case_) add_other_case(bytes);
    set_bits(leads_, bytes, new_place());
    glob_.tail_ += glob_.ignore_case_ ? lower(c) : c;
  }

  void add_character(const Bytes& first) {
    set_bits(leads_, first, new_place());
    // The place behind swallows the rest of the character, with which nothing else can begin.
    if ((first & ~kAscii).any()) set_bits(stays_, kLater, place_);
    glob_.tail_.clear();
  }

  void add_stars(bool over_slashes) {
    const std::size_t place = new_place();
    set_bits(stays_, over_slashes ? ~Bytes() : kAnyButSlash, place);
    jump(place, place_);
    if (over_slashes) swallows_.push_back(place);
    glob_.tail_.clear();
  }

  void finish() {
    glob_.words_ = place_ / 64 + 1;
    std::sort(glob_.jumps_.begin(), glob_.jumps_.end());
    glob_.first_jump_.assign(place_ + 2, static_cast<std::uint16_t>(glob_.jumps_.size()));
    for (std::size_t i = glob_.jumps_.size(); i-- > 0;) {
      glob_.first_jump_[glob_.jumps_[i].first] = static_cast<std::uint16_t>(i);
      set_bit(glob_.jump_from_, glob_.jumps_[i].first);
    }
    make_rows();
    set_bit(glob_.begin_, 0);
    glob_.follow(glob_.begin_);
    set_bit(glob_.end_, place_);
    for (const std::size_t place : swallows_) {
      Places reached{};
      set_bit(reached, place);
      glob_.follow(reached);
      if (glob_.meet(reached, glob_.end_)) set_bit(glob_.all_, place);
    }
  }

  /// Bytes that no piece tells apart share their rows.
  void make_rows() {
    std::map<std::pair<Places, Places>, std::uint8_t> known;
    for (std::size_t byte = 0; byte < leads_.size(); ++byte) {
      const auto [row, added] =
          known.emplace(std::pair(leads_[byte], stays_[byte]), static_cast<std::uint8_t>(known.size()));
      glob_.row_of_[byte] = row->second;
      if (!added) continue;
      for (const Places* of : {&leads_[byte], &stays_[byte]}) {
        const auto words = static_cast<std::ptrdiff_t>(glob_.words_);
        glob_.rows_.insert(glob_.rows_.end(), of->begin(), of->begin() + words);
      }
    }
  }

  const std::string_view pattern_;
  Glob glob_;
  std::size_t at_ = 0;     ///< in the pattern
  std::size_t place_ = 0;  ///< where the next piece begins
  bool in_braces_ = false;
  std::size_t fork_ = 0;
  std::vector<std::size_t> choice_ends_;
  std::vector<std::size_t> swallows_;  ///< places of **
  std::array<Places, 256> leads_{}, stays_{};
};

Result<Glob> Glob::compile(std::string_view pattern, bool ignore_case) {
  return Compiler(pattern, ignore_case).compile();
}

bool Glob::none(const Places& places) const {
  for (std::size_t word = 0; word < words_; ++word)
    if (places[word] != 0) return false;
  return true;
}

bool Glob::meet(const Places& places, const Places& others) const {
  for (std::size_t word = 0; word < words_; ++word)
    if ((places[word] & others[word]) != 0) return true;
  return false;
}

void Glob::follow(Places& places) const {
  for (std::size_t word = 0; word < words_; ++word) {
    // Jumps lead forward: what they add to this word is still to come.
    for (std::uint64_t left = places[word] & jump_from_[word]; left != 0; left &= left - 1) {
      const std::size_t from = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
      for (std::size_t i = first_jump_[from]; i < jumps_.size() && jumps_[i].first == from; ++i) {
        const std::size_t to = jumps_[i].second;
        const std::uint64_t bit = std::uint64_t{1} << (to % 64);
        places[to / 64] |= bit;
        if (to / 64 == word) left |= bit & jump_from_[word];
      }
    }
  }
}

void Glob::step(Places& places, unsigned char byte) const {
  const std::uint64_t* const leads = &rows_[row_of_[byte] * 2 * words_];
  const std::uint64_t* const stays = leads + words_;
  std::uint64_t carry = 0;
  for (std::size_t word = 0; word < words_; ++word) {
    const std::uint64_t led = places[word] & leads[word];
    places[word] = (led << 1) | carry | (places[word] & stays[word]);
    carry = led >> 63;
  }
  if (byte == '/' && !anchored_)
    for (std::size_t word = 0; word < words_; ++word) places[word] |= begin_[word];
  follow(places);
}

Glob::Places Glob::after(std::string_view text) const {
  Places places = begin_;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (none(places)) {
      if (anchored_ || (at = text.find('/', at)) == std::string_view::npos) break;
    }
    step(places, static_cast<unsigned char>(text[at]));
  }
  return places;
}

bool Glob::ends_so(std::string_view name) const {
  if (name.size() < tail_.size()) return false;
  const std::string_view end = name.substr(name.size() - tail_.size());
  if (!ignore_case_) return end == tail_;
  return std::equal(end.begin(), end.end(), tail_.begin(), [](char a, char b) { return lower(a) == b; });
}

bool Glob::matches(std::string_view name) const {
  return everything_ || (ends_so(name) && meet(after(name), end_));
}

bool Glob::may_match_below(std::string_view directory) const {
  return !anchored_ || everything_ || !none(after(directory));
}

bool Glob::matches_all_below(std::string_view directory) const {
  return everything_ || meet(after(directory), all_);
}

}  // namespace sluice::bulk
