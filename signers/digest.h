// Hashes, keyed hashes and their text forms. OpenSSL stays in the .cpp.
//
// Free functions and const members may be called from any thread; a Hash belongs to one at a time.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::signers {

// Raw bytes of the digest, not text.
std::string md5(std::string_view data);
std::string sha1(std::string_view data);
std::string sha256(std::string_view data);
std::string hmac_sha1(std::string_view key, std::string_view data);
std::string hmac_sha256(std::string_view key, std::string_view data);

std::string hex(std::string_view bytes);  ///< lower case
std::optional<std::string> hex_decode(std::string_view text);
std::string base64(std::string_view bytes);
/// Standard alphabet, padded; nothing for anything else.
std::optional<std::string> base64_decode(std::string_view text);

/// Takes the same time wherever the first difference is.
bool same_secret(std::string_view a, std::string_view b);

/// A digest of bytes that come in pieces.
class Hash {
 public:
  enum class Kind { md5, sha1, sha256 };
  explicit Hash(Kind kind);
  Hash(Hash&&) noexcept;
  Hash& operator=(Hash&&) noexcept;
  ~Hash();

  void update(std::span<const char> data);
  /// Raw bytes; the hash then stands at its beginning again.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// An HMAC-SHA256 key whose two padded blocks are already hashed: what remains of a signature is two
/// short hashes. Immutable.
class HmacKey {
 public:
  using Mac = std::array<char, 32>;

  HmacKey() = default;
  explicit HmacKey(std::string_view key);

  Mac sign(std::string_view data) const;
  std::string sign_hex(std::string_view data) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// SHA-256 as 64 hex digits, without a string for the raw form.
std::string sha256_hex(std::string_view data);

inline constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace sluice::signers
