// S3's x-amz-checksum-*: names, values, and what a request says of them. Other dialects have none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/blob.h"
#include "emulator/call.h"

namespace sluice::emulator {

/// "crc32", "crc32c", "crc64nvme", "sha1", "sha256"; empty for anything else, case ignored.
std::string checksum_name(std::string_view text);
/// Sets the sum of that name in the options.
void want_checksum(WriterOptions& options, const std::string& name);
/// Base64 of the sum of that name; empty when it was not computed.
std::string checksum_text(const Sums& sums, const std::string& name);
/// Puts base64 into the sum of that name; false when it is not the right length.
bool set_checksum(Sums& sums, const std::string& name, const std::string& base64);

/// The algorithm and value that a request declares; `value` empty when it comes in the trailer.
struct DeclaredChecksum {
  std::string name;
  std::string value;
  bool in_trailer = false;
};
std::optional<DeclaredChecksum> declared_checksum(const io::Headers& headers);

/// base64(hash of the concatenated raw part digests) + "-N". Empty when a part lacks the sum.
std::string composite_checksum(const std::vector<Sums>& parts, const std::string& name);

}  // namespace sluice::emulator
