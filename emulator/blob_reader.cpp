// Reader: extents one after the other, then the tail that sits in the index.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "emulator/blob_state.h"

namespace sluice::emulator {

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

std::uint64_t Reader::size() const {
  return state_->size();
}
StorageResult<std::size_t> Reader::read_at(std::uint64_t offset, std::span<char> into) {
  return state_->read_at(offset, into);
}
std::optional<std::string_view> Reader::inline_bytes() const {
  if (!state_->extents().empty()) return std::nullopt;
  return std::string_view(state_->tail());
}

Pins::Pins(std::shared_ptr<BlobFiles> files, const Extents& extents) : files_(std::move(files)) {
  ids_.reserve(extents.size());
  for (const Extent& extent : extents) {
    if (ids_.empty() || ids_.back() != extent.file) ids_.push_back(extent.file);
  }
  if (!ids_.empty()) files_->pin(ids_);
}

Pins::~Pins() {
  if (files_ && !ids_.empty()) files_->unpin(ids_);
}

Reader::State::State(Pins pins, Extents extents, std::string tail)
    : pins_(std::move(pins)), extents_(std::move(extents)), tail_(std::move(tail)) {
  starts_.reserve(extents_.size());
  for (const Extent& extent : extents_) {
    starts_.push_back(tail_start_);
    tail_start_ += extent.length;
  }
  size_ = tail_start_ + tail_.size();
}

StorageResult<std::size_t> Reader::State::read_at(std::uint64_t offset, std::span<char> into) {
  if (offset >= size_) return std::size_t{0};
  into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset)));
  std::size_t done = 0;
  while (done < into.size() && offset < tail_start_) {
    auto index = static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) -
                                          starts_.begin() - 1);
    const Extent& extent = extents_[index];
    std::uint64_t inside = offset - starts_[index];
    auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - done, extent.length - inside));
    if (auto read = read_extent(extent, inside, into.subspan(done, count)); !read) return read.error();
    done += count;
    offset += count;
  }
  if (done < into.size()) {
    std::memcpy(into.data() + done, tail_.data() + (offset - tail_start_), into.size() - done);
  }
  return into.size();
}

StorageResult<void> Reader::State::read_extent(const Extent& extent, std::uint64_t offset,
                                               std::span<char> into) {
  if (open_id_ != extent.file || open_.get() < 0) {
    auto opened = pins_.files().open_read(extent.file);
    if (!opened) return opened.error();
    open_ = OpenFile(*opened);
    open_id_ = extent.file;
  }
  std::uint64_t position = extent.offset + offset;
  while (!into.empty()) {
    ssize_t count = ::pread(open_.get(), into.data(), into.size(), static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const char* reason = count < 0 ? std::strerror(errno) : "shorter than the index says";
      return StorageError{StorageCode::disk, "data file " + std::to_string(extent.file) + ": " + reason};
    }
    into = into.subspan(static_cast<std::size_t>(count));
    position += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace sluice::emulator
