#include "cli/checksums.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include <fmt/format.h>

#include "cli/units.h"
#include "io/checksum.h"
#include "io/file_error.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kPiece = 256 << 10;

struct Named {
  std::string_view name;
  ChecksumKind kind;
};
constexpr std::array kNames = {Named{"crc64", ChecksumKind::crc64}, Named{"crc32c", ChecksumKind::crc32c},
                               Named{"md5", ChecksumKind::md5}, Named{"sha256", ChecksumKind::sha256}};

/// errno, or 0 at the end.
int read_all(int fd, Checksum& checksum) {
  std::vector<char> piece(kPiece);
  for (;;) {
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count == 0) return 0;
    if (count > 0)
      checksum.update({piece.data(), static_cast<std::size_t>(count)});
    else if (errno != EINTR)
      return errno;
  }
}

}  // namespace

Result<ChecksumKind> parse_checksum_kind(std::string_view text) {
  for (const Named& each : kNames)
    if (each.name == text) return each.kind;
  return fail(ErrorKind::argument,
              fmt::format("\"{}\" is none of: crc64, crc32c, md5, sha256", printable(text)));
}

Checksum::Checksum(ChecksumKind kind) : kind_(kind) {
  if (kind == ChecksumKind::md5) hash_.emplace(signers::Hash::Kind::md5);
  if (kind == ChecksumKind::sha256) hash_.emplace(signers::Hash::Kind::sha256);
}

void Checksum::update(std::string_view bytes) {
  bytes_ += bytes.size();
  if (hash_)
    hash_->update(bytes);
  else if (kind_ == ChecksumKind::crc64)
    crc_ = io::crc64_ecma(crc_, bytes);
  else
    crc_ = io::crc32c(static_cast<std::uint32_t>(crc_), bytes);
}

std::string Checksum::finish() {
  if (hash_) return signers::hex(hash_->finish());
  return kind_ == ChecksumKind::crc64 ? fmt::to_string(crc_) : fmt::format("{:08x}", crc_);
}

Result<void> add_file(Checksum& checksum, const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io::disk_error("read", path, errno);
  const int cause = read_all(fd, checksum);
  ::close(fd);
  if (cause != 0) return io::disk_error("read", path, cause);
  return {};
}

}  // namespace sluice::cli
