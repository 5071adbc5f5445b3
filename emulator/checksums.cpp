// See checksums.h.
#include "emulator/checksums.h"

#include <algorithm>
#include <array>

#include "io/checksum.h"
#include "signers/digest.h"

namespace sluice::emulator {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"crc32", "crc32c", "crc64nvme", "sha1", "sha256"};
constexpr std::string_view kHeader = "x-amz-checksum-";

template <class T>
T number(std::string_view raw) {
  T value = 0;
  for (const char c : raw) value = static_cast<T>(value << 8) | static_cast<unsigned char>(c);
  return value;
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes(std::string_view raw) {
  std::array<std::uint8_t, N> out;
  std::copy(raw.begin(), raw.end(), out.begin());
  return out;
}

template <std::size_t N>
std::string raw_text(const std::array<std::uint8_t, N>& digest) {
  return {digest.begin(), digest.end()};
}

std::string raw_sum(const Sums& sums, const std::string& name) {
  if (name == "crc32" && sums.crc32) return io::checksum_bytes(*sums.crc32);
  if (name == "crc32c" && sums.crc32c) return io::checksum_bytes(*sums.crc32c);
  if (name == "crc64nvme" && sums.crc64nvme) return io::checksum_bytes(*sums.crc64nvme);
  if (name == "sha1" && sums.sha1) return raw_text(*sums.sha1);
  if (name == "sha256" && sums.sha256) return raw_text(*sums.sha256);
  return {};
}

}  // namespace

std::string checksum_name(std::string_view text) {
  const std::string name = io::lower_case(text);
  return std::find(kNames.begin(), kNames.end(), name) == kNames.end() ? std::string() : name;
}

void want_checksum(WriterOptions& options, const std::string& name) {
  if (name == "crc32") options.crc32 = true;
  if (name == "crc32c") options.crc32c = true;
  if (name == "crc64nvme") options.crc64nvme = true;
  if (name == "sha1") options.sha1 = true;
  if (name == "sha256") options.sha256 = true;
}

std::string checksum_text(const Sums& sums, const std::string& name) {
  const std::string raw = raw_sum(sums, name);
  return raw.empty() ? std::string() : signers::base64(raw);
}

bool set_checksum(Sums& sums, const std::string& name, const std::string& base64) {
  const auto raw = signers::base64_decode(base64);
  if (!raw) return false;
  if (name == "crc32" && raw->size() == 4)
    sums.crc32 = number<std::uint32_t>(*raw);
  else if (name == "crc32c" && raw->size() == 4)
    sums.crc32c = number<std::uint32_t>(*raw);
  else if (name == "crc64nvme" && raw->size() == 8)
    sums.crc64nvme = number<std::uint64_t>(*raw);
  else if (name == "sha1" && raw->size() == 20)
    sums.sha1 = bytes<20>(*raw);
  else if (name == "sha256" && raw->size() == 32)
    sums.sha256 = bytes<32>(*raw);
  else
    return false;
  return true;
}

std::optional<DeclaredChecksum> declared_checksum(const io::Headers& headers) {
  for (const auto& [header, value] : headers) {
    const std::string lower = io::lower_case(header);
    if (lower == "x-amz-trailer") {
      if (!io::lower_case(value).starts_with(kHeader)) continue;
      const std::string name = checksum_name(std::string_view(value).substr(kHeader.size()));
      if (!name.empty()) return DeclaredChecksum{name, {}, true};
    }
    if (!lower.starts_with(kHeader)) continue;
    const std::string name = checksum_name(std::string_view(lower).substr(kHeader.size()));
    if (!name.empty()) return DeclaredChecksum{name, value, false};
  }
  return {};
}

std::string composite_checksum(const std::vector<Sums>& parts, const std::string& name) {
  std::string joined;
  for (const Sums& sums : parts) {
    const std::string raw = raw_sum(sums, name);
    if (raw.empty()) return {};
    joined += raw;
  }
  std::string digest;
  if (name == "crc32") digest = io::checksum_bytes(io::crc32(0, joined));
  if (name == "crc32c") digest = io::checksum_bytes(io::crc32c(0, joined));
  if (name == "sha1") digest = signers::sha1(joined);
  if (name == "sha256") digest = signers::sha256(joined);
  if (digest.empty()) return {};
  return signers::base64(digest) + "-" + std::to_string(parts.size());
}

}  // namespace sluice::emulator
