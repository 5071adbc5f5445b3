// The sources of parts: mapped, by pread, from memory. One worker thread each.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/file_error.h"
#include "io/file_guard.h"
#include "io/file_source.h"

namespace sluice::io {
namespace {

// Large enough that mapping costs nothing beside copying, small enough that many parts at once leave
// the resident set small.
constexpr std::uint64_t kWindow = 16u << 20;
// Copied and then checksummed in steps that stay in the first caches.
constexpr std::size_t kStep = 64u << 10;

/// What the two file sources share: position, checksums, and the look at the file after reading.
class FilePart : public PartSource {
 public:
  FilePart(std::shared_ptr<const SourceFile> file, std::uint64_t offset, std::uint64_t length,
           DigestFlags digests)
      : file_(std::move(file)), offset_(offset), length_(length), digests_(digests) {}

  std::uint64_t size() const override { return length_; }
  DigestValues digests() const override { return digests_.values(); }
  bool rewind() override {
    done_ = 0;
    digests_.reset();
    return true;
  }

 protected:
  std::uint64_t left() const { return length_ - done_; }
  std::uint64_t position() const { return offset_ + done_; }
  void passed(const char* bytes, std::size_t count) {
    digests_.update({bytes, count});
    done_ += count;
  }

  std::shared_ptr<const SourceFile> file_;
  const std::uint64_t offset_, length_;

 private:
  std::uint64_t done_ = 0;
  Digests digests_;
};

class PreadPart final : public FilePart {
 public:
  using FilePart::FilePart;

  Result<std::size_t> read(std::span<char> into) override {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left()));
    if (want == 0) return std::size_t{0};
    ssize_t got = 0;
    do {
      got = pread(file_->fd(), into.data(), want, static_cast<off_t>(position()));
    } while (got < 0 && errno == EINTR);
    if (got < 0) return disk_error("read", file_->path(), errno);
    if (got == 0) return file_->changed();
    passed(into.data(), static_cast<std::size_t>(got));
    if (left() == 0 && !file_->same_open_file()) return file_->changed();
    return static_cast<std::size_t>(got);
  }
};

class MappedPart final : public FilePart {
 public:
  using FilePart::FilePart;
  ~MappedPart() override { unmap(); }

  Result<std::size_t> read(std::span<char> into) override {
    std::size_t filled = 0;
    while (filled < into.size() && left() > 0) {
      if (auto ready = map_here(); !ready) return unexpected(ready.error());
      const std::uint64_t at = position() - window_start_;
      const auto step = static_cast<std::size_t>(
          std::min({std::uint64_t{into.size() - filled}, left(), window_bytes_ - at, std::uint64_t{kStep}}));
      if (!guarded_copy(into.data() + filled, window_, window_bytes_, at, step)) return lost();
      passed(into.data() + filled, step);
      filled += step;
    }
    if (left() == 0) unmap();
    // Behind a new end of file the last page reads as zeros, without any fault.
    if (filled > 0 && !file_->same_open_file()) return lost();
    return filled;
  }

  bool rewind() override {
    unmap();
    return FilePart::rewind();
  }

 private:
  /// Makes the window cover position().
  Result<void> map_here() {
    if (window_ && position() >= window_start_ && position() < window_start_ + window_bytes_) return {};
    unmap();
    static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    window_start_ = position() / page * page;
    window_bytes_ = std::min(kWindow, offset_ + length_ - window_start_);
    void* at =
        mmap(nullptr, window_bytes_, PROT_READ, MAP_SHARED, file_->fd(), static_cast<off_t>(window_start_));
    if (at == MAP_FAILED) return disk_error("map", file_->path(), errno);
    window_ = static_cast<char*>(at);
    madvise(window_, window_bytes_, MADV_SEQUENTIAL);
    madvise(window_, window_bytes_, MADV_WILLNEED);
    return {};
  }

  void unmap() {
    if (window_) munmap(window_, window_bytes_);
    window_ = nullptr;
  }

  /// After a fault: somebody changed the file, or the disk could not deliver it.
  Unexpected lost() {
    unmap();
    return file_->same_open_file() ? disk_error("read", file_->path(), EIO) : file_->changed();
  }

  char* window_ = nullptr;
  std::uint64_t window_start_ = 0, window_bytes_ = 0;
};

class MemoryPart final : public PartSource {
 public:
  MemoryPart(std::span<const char> bytes, DigestFlags digests) : bytes_(bytes), digests_(digests) {}

  std::uint64_t size() const override { return bytes_.size(); }
  DigestValues digests() const override { return digests_.values(); }
  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = std::min(into.size(), bytes_.size() - done_);
    if (count == 0) return count;
    std::memcpy(into.data(), bytes_.data() + done_, count);
    digests_.update({into.data(), count});
    done_ += count;
    return count;
  }
  bool rewind() override {
    done_ = 0;
    digests_.reset();
    return true;
  }

 private:
  const std::span<const char> bytes_;
  std::size_t done_ = 0;
  Digests digests_;
};

}  // namespace

std::unique_ptr<PartSource> SourceFile::part(std::uint64_t offset, std::uint64_t length,
                                             DigestFlags digests) {
  if (io_ == FileIo::map) return std::make_unique<MappedPart>(shared_from_this(), offset, length, digests);
  return std::make_unique<PreadPart>(shared_from_this(), offset, length, digests);
}

std::unique_ptr<PartSource> memory_source(std::span<const char> bytes, DigestFlags digests) {
  return std::make_unique<MemoryPart>(bytes, digests);
}

}  // namespace sluice::io
