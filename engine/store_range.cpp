// What counts as the range that was asked for.
#include "engine/store_range.h"

#include <charconv>
#include <limits>

namespace sluice::engine {
namespace {

std::optional<std::uint64_t> content_length(const io::Headers& headers) {
  const auto* text = headers.find("Content-Length");
  std::uint64_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) return {};
  return value;
}

}  // namespace

Result<std::optional<std::uint64_t>> length_of_answer(const io::ByteRange& asked, int status,
                                                      const io::Headers& headers) {
  const auto refuse = [](std::string why) {
    return fail(ErrorKind::decode, "the store answered another range than asked for: " + std::move(why));
  };
  if (status != 206) {
    // Everything from the first byte on is the range itself when it begins there.
    const auto length = content_length(headers);
    const bool whole = asked.first == 0 && (!asked.last || (length && *length <= *asked.last + 1));
    if (!whole) return refuse("the whole object, status " + std::to_string(status));
    return length;
  }
  const auto range = io::parse_content_range(headers.get("Content-Range"));
  if (!range) return refuse("no Content-Range");
  const bool clipped =
      asked.last && range->last < *asked.last && range->total && range->last + 1 == *range->total;
  const bool open = !asked.last && (!range->total || range->last + 1 == *range->total);
  if (range->first != asked.first || range->last < range->first ||
      !(open || clipped || (asked.last && range->last == *asked.last)))
    return refuse(headers.get("Content-Range"));
  return std::optional<std::uint64_t>(range->last - range->first + 1);
}

Result<void> RangeSink::begin(const io::Response& head) {
  const auto length = length_of_answer(asked_, head.status, head.headers);
  if (!length) return unexpected(length.error());
  expected_ = length->value_or(std::numeric_limits<std::uint64_t>::max());
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
