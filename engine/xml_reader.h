// XmlReader: one XML document, read once, from front to back, in the buffer that it came in.
//
// What a store sends is hostile until it has been read: what is not well-formed is an error, errors stay,
// and a document counts for nothing before its end has been seen. Document types are refused, and with
// them all entities but XML's own five. Attributes, comments and processing instructions are passed over,
// names lose their prefix. Control characters may be written as references, which XML forbids and stores
// do. Not looked at: whether text is UTF-8, and the text that nobody asks for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::engine {

class XmlReader {
 public:
  static constexpr std::size_t kMostDepth = 64;

  /// Texts are decoded in `body`, which must outlive them.
  explicit XmlReader(std::string& body);

  /// Enters the next child of the open element, at first the root. False: there are no more, and the open
  /// element is closed; or an error.
  bool enter();
  /// The same, found sooner when the child is "<likely>": a name without a prefix. Then name() is `likely`
  /// itself, which must outlive the look at it.
  bool enter(std::string_view likely) { return enter_plain(likely) || enter(); }
  /// Of the element entered last.
  std::string_view name() const { return name_; }
  /// All text of the element just entered, which is then closed. Nothing: an error, or it has children and
  /// is still open.
  std::optional<std::string_view> text();
  /// Elements that are open.
  std::size_t depth() const { return depth_; }
  /// Passes over what is left of the elements opened since depth() was `depth`. False: an error.
  bool leave(std::size_t depth) {
    while (depth_ > depth)
      if (!enter() && error_) return false;
    return true;
  }

  /// In a few words; null = none so far.
  const char* error() const { return error_; }

 private:
  bool enter_plain(std::string_view name);
  std::optional<std::string_view> assembled_text();
  bool open_tag();
  bool attributes();
  void close_tag();
  bool pass_over();
  bool to_behind(std::string_view mark);
  bool fail(const char* why);  // false
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  std::string_view rest() const { return {at_, left()}; }

  char* at_;
  char* const end_;            // where a NUL stands
  char* ampersand_ = nullptr;  // the next one, or end_; when before at_, not looked for yet
  std::array<std::string_view, kMostDepth> open_;
  std::size_t depth_ = 0;
  std::string_view name_;
  bool empty_ = false;   // the element just entered was "<a/>"
  bool rooted_ = false;  // the root has been entered
  const char* error_ = nullptr;
};

/// memcmp() for names: they are short, and many.
inline bool same_name(const char* a, const char* b, std::size_t size) {
  const auto eight = [](const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
  };
  const auto four = [](const char* at) {
    std::uint32_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
  };
  if (size > 16 || size < 4) return std::memcmp(a, b, size) == 0;
  if (size < 8) return four(a) == four(b) && four(a + size - 4) == four(b + size - 4);
  return eight(a) == eight(b) && eight(a + size - 8) == eight(b + size - 8);
}

/// Enters "<name>", when that stands here to the letter.
inline bool XmlReader::enter_plain(std::string_view name) {
  const std::size_t size = name.size();
  if (size == 0 || empty_ || left() < size + 2 || at_[0] != '<' || at_[size + 1] != '>' || depth_ == 0 ||
      depth_ == kMostDepth || !same_name(at_ + 1, name.data(), size))
    return false;
  name_ = name;
  open_[depth_++] = name;
  at_ += size + 2;
  return true;
}

}  // namespace sluice::engine
