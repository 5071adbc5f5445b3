// Writer: memory up to kInlineBytes, then a data file written in pieces of 64 KiB and more.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "emulator/blob_state.h"

namespace sluice::emulator {
namespace {

constexpr std::size_t kGatherBytes = 64 * 1024;

}  // namespace

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  if (this == &other) return *this;
  if (fd_ >= 0) ::close(fd_);
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

OpenFile::~OpenFile() {
  if (fd_ >= 0) ::close(fd_);
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

StorageResult<void> Writer::write(std::string_view bytes) {
  return state_->write(bytes);
}
StorageResult<Digest> Writer::finish() {
  return state_->finish();
}
std::uint64_t Writer::size() const {
  return state_->size();
}

Writer::State::~State() {
  if (id_ != 0 && !kept_) files_->remove({&id_, 1});
}

StorageResult<void> Writer::State::write(std::string_view bytes) {
  if (failed_) return *failed_;
  sums_.add(bytes);
  digest_.size += bytes.size();
  if (digest_.size <= kInlineBytes || buffer_.size() + bytes.size() <= kGatherBytes) {
    buffer_.append(bytes);
    return {};
  }
  if (auto written = write_out(buffer_); !written) return written;
  buffer_.clear();
  if (bytes.size() >= kGatherBytes) return write_out(bytes);
  buffer_.assign(bytes);
  return {};
}

StorageResult<Digest> Writer::State::finish() {
  if (failed_) return *failed_;
  if (finished_) return digest_;
  finished_ = true;
  digest_.sums = sums_.finish();
  if (!has_file() && digest_.size <= kInlineBytes) return digest_;
  if (auto spilled = spill(); !spilled) return spilled.error();
  return digest_;
}

StorageResult<void> Writer::State::spill() {
  if (failed_) return *failed_;
  if (!buffer_.empty()) {
    if (auto written = write_out(buffer_); !written) return written;
  }
  buffer_ = {};
  file_.close();
  return {};
}

StorageResult<void> Writer::State::write_out(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!has_file()) {
    auto created = files_->create();
    if (!created) return *(failed_ = created.error());
    id_ = created->id;
    file_ = OpenFile(created->fd);
  }
  while (!bytes.empty()) {
    ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return *(failed_ = StorageError{StorageCode::disk,
                                      std::string("cannot write a data file: ") + std::strerror(errno)});
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Extents Writer::State::extents() const {
  if (!has_file()) return {};
  return {Extent{id_, 0, digest_.size}};
}

}  // namespace sluice::emulator
