// Secrets that the vendors' tools keep in a form that their own programs, and anyone who holds the file, can
// read again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::cli {

/// coscli: AES under a key that is the same everywhere. A text that is no such thing is answered as it is.
std::string coscli_secret(const std::string& text);

/// ve-tos-cli: "ENC:..." under the 32 bytes of the file .key beside the configuration. A text without that
/// mark is answered as it is; nothing, when it cannot be read.
std::optional<std::string> ve_tos_secret(const std::string& text, std::string_view key);

}  // namespace sluice::cli
