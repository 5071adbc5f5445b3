// What counts as the range that was asked for.
#include "engine/store_range.h"

#include <charconv>
#include <limits>

namespace sluice::engine {
namespace {

std::optional<std::uint64_t> content_length(const io::Response& head) {
  const auto* text = head.headers.find("Content-Length");
  std::uint64_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) return {};
  return value;
}

}  // namespace

Result<void> RangeSink::begin(const io::Response& head) {
  const auto refuse = [](std::string why) {
    return fail(ErrorKind::decode, "the store answered another range than asked for: " + std::move(why));
  };
  expected_ = std::numeric_limits<std::uint64_t>::max();
  if (head.status != 206) {
    // Everything from the first byte on is the range itself when it begins there.
    const auto length = content_length(head);
    const bool whole = asked_.first == 0 && (!asked_.last || (length && *length <= *asked_.last + 1));
    if (!whole) return refuse("the whole object, status " + std::to_string(head.status));
    if (length) expected_ = *length;
    return behind_->begin(head);
  }
  const auto range = io::parse_content_range(head.headers.get("Content-Range"));
  if (!range) return refuse("no Content-Range");
  const bool clipped =
      asked_.last && range->last < *asked_.last && range->total && range->last + 1 == *range->total;
  const bool open = !asked_.last && (!range->total || range->last + 1 == *range->total);
  if (range->first != asked_.first || range->last < range->first ||
      !(open || clipped || (asked_.last && range->last == *asked_.last)))
    return refuse(head.headers.get("Content-Range"));
  expected_ = range->last - range->first + 1;
  return behind_->begin(head);
}

Result<std::size_t> RangeSink::write(std::string_view data) {
  if (data.size() > expected_ - received_)
    return fail(ErrorKind::decode, "the store answered more bytes than the range has");
  auto taken = behind_->write(data);
  if (taken && *taken != io::kPaused) received_ += *taken;
  return taken;
}

}  // namespace sluice::engine
