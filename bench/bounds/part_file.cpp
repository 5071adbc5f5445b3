// Bytes into a file: part_file.h.
#include "bench/bounds/part_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace bounds {
namespace {

constexpr std::uint64_t kPipe = 1 << 20;
constexpr std::array<std::string_view, 7> kWays = {"mmap", "batch", "pop", "pwrite", "splice", "buf", "none"};

}  // namespace

Way parse_way(const std::string& name) {
  const auto* found = std::find(kWays.begin(), kWays.end(), name);
  errno = EINVAL;
  if (found == kWays.end()) die("-w " + name);
  return static_cast<Way>(found - kWays.begin());
}

PartFile::PartFile(Way way, const std::string& path, std::uint64_t size) : way_(way) {
  if (way == Way::buf || way == Way::none) return;
  file_ = open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644);
  if (file_ < 0 || ftruncate(file_, static_cast<off_t>(size)) != 0) die(path);
  if (!mapped()) return;
  const int flags = MAP_SHARED | (way == Way::pop ? MAP_POPULATE : 0);
  void* map = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file_, 0);
  if (map == MAP_FAILED) die("mmap");
  map_ = static_cast<char*>(map);
}

PartFile::~PartFile() {
  if (file_ >= 0) close(file_);
}

void PartFile::write(const char* bytes, std::size_t count, std::uint64_t offset) const {
  if (file_ >= 0 && ::pwrite(file_, bytes, count, static_cast<off_t>(offset)) != static_cast<ssize_t>(count))
    die("pwrite");
}

PartFiller::PartFiller(const PartFile& file, std::size_t buffer_size) : file_(file) {
  if (file.way() == Way::pwrite || file.way() == Way::buf) buffer_.resize(buffer_size);
  if (file.way() != Way::splice) return;
  if (pipe2(pipe_, O_CLOEXEC) != 0) die("pipe");
  fcntl(pipe_[1], F_SETPIPE_SZ, kPipe);
}

PartFiller::~PartFiller() {
  for (const int end : pipe_)
    if (end >= 0) close(end);
}

void PartFiller::before(std::uint64_t offset, std::uint64_t count) const {
  if (file_.way() == Way::batch && madvise(file_.at(offset), count, MADV_POPULATE_WRITE) != 0) die("madvise");
}

void PartFiller::fill(Wire& wire, Answers& answers, std::uint64_t offset) {
  if (file_.mapped()) return answers.read_body(file_.at(offset));
  if (file_.way() == Way::none) return answers.read_body(nullptr);
  const std::size_t first = answers.pending();
  file_.write(answers.take_pending(first), first, offset);
  std::uint64_t left = answers.length() - first;
  offset += first;
  while (left > 0) {
    const bool spliced = file_.way() == Way::splice;
    const std::uint64_t got = spliced ? through_pipe(wire, left, offset) : through_buffer(wire, left, offset);
    offset += got;
    left -= got;
  }
}

std::uint64_t PartFiller::through_buffer(Wire& wire, std::uint64_t left, std::uint64_t offset) {
  const ssize_t got = wire.receive(buffer_.data(), std::min<std::uint64_t>(left, buffer_.size()), 0);
  if (got <= 0) die("receive");
  file_.write(buffer_.data(), static_cast<std::size_t>(got), offset);
  return static_cast<std::uint64_t>(got);
}

std::uint64_t PartFiller::through_pipe(const Wire& wire, std::uint64_t left, std::uint64_t offset) const {
  const ssize_t got = ::splice(wire.socket(), nullptr, pipe_[1], nullptr, std::min(left, kPipe),
                               SPLICE_F_MOVE | SPLICE_F_MORE);
  if (got <= 0) die("splice from the socket");
  auto at = static_cast<loff_t>(offset);
  for (ssize_t inside = got; inside > 0;) {
    const ssize_t written =
        ::splice(pipe_[0], nullptr, file_.file(), &at, static_cast<std::size_t>(inside), SPLICE_F_MOVE);
    if (written <= 0) die("splice to the file");
    inside -= written;
  }
  return static_cast<std::uint64_t>(got);
}

}  // namespace bounds
