#include "cli/same_content.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include "cli/checksums.h"
#include "cli/location.h"

namespace sluice::cli {
namespace {

/// An ETag of one PUT is the content's MD5 in most stores; one of parts has a '-'.
std::optional<std::string> md5_of(const ObjectInfo& info) {
  const bool hex =
      info.etag.size() == 32 &&
      std::all_of(info.etag.begin(), info.etag.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!hex || info.opaque_etag) return {};
  std::string lower = info.etag;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

/// QingStor keeps what ETag it was given for an object in parts: that one of such a size is another proves
/// nothing.
bool proves_nothing(const Told& told) {
  constexpr std::uint64_t kMayHaveParts = 4 << 20;
  return same_dialect(told.scheme, "qs") && told.info.size >= kMayHaveParts;
}

}  // namespace

Verdict compare_objects(const Told& a, const Told& b) {
  if (a.info.crc64 && b.info.crc64)
    return *a.info.crc64 == *b.info.crc64 ? Verdict::same : Verdict::checksum;
  const auto left = md5_of(a.info), right = md5_of(b.info);
  if (!left || !right) return Verdict::same_size;
  if (*left == *right) return Verdict::same;
  return proves_nothing(a) || proves_nothing(b) ? Verdict::same_size : Verdict::checksum;
}

Result<Verdict> compare_file(const std::string& path, const Told& told) {
  const std::optional<std::string> md5 = md5_of(told.info);
  if (!told.info.crc64 && !md5) return Verdict::same_size;
  Checksum checksum(told.info.crc64 ? ChecksumKind::crc64 : ChecksumKind::md5);
  if (Result<void> read = add_file(checksum, path); !read) return unexpected(read.error());
  const std::string computed = checksum.finish();
  if (told.info.crc64)
    return computed == fmt::to_string(*told.info.crc64) ? Verdict::same : Verdict::checksum;
  if (computed == *md5) return Verdict::same;
  return proves_nothing(told) ? Verdict::same_size : Verdict::checksum;
}

}  // namespace sluice::cli
