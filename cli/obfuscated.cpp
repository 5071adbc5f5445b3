#include "cli/obfuscated.h"

#include <memory>

#include <openssl/evp.h>

#include "signers/digest.h"

namespace sluice::cli {
namespace {

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

constexpr std::size_t kBlock = 16;
constexpr std::string_view kCoscliKey("coscli-secret\0\0\0", kBlock);

}  // namespace

std::string coscli_secret(const std::string& text) {
  const std::optional<std::string> raw = signers::base64_decode(text);
  if (!raw || raw->empty() || raw->size() % kBlock != 0) return text;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string plain(raw->size() + kBlock, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  int count = 0;
  if (!cipher ||
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, bytes(kCoscliKey), nullptr) != 1)
    return text;
  EVP_CIPHER_CTX_set_padding(cipher.get(), 0);
  if (EVP_DecryptUpdate(cipher.get(), out, &count, bytes(*raw), static_cast<int>(raw->size())) != 1)
    return text;
  plain.resize(raw->size());
  while (!plain.empty() && plain.back() == '\0') plain.pop_back();
  // A key that happens to look like base64 was never put into this form.
  for (const char c : plain)
    if (c <= 0x20 || c >= 0x7f) return text;
  return plain;
}

std::optional<std::string> ve_tos_secret(const std::string& text, std::string_view key) {
  constexpr std::string_view kMark = "ENC:";
  constexpr std::size_t kNonce = 12, kTag = 16, kKey = 32;
  if (!text.starts_with(kMark)) return text;
  const std::optional<std::string> raw = signers::base64_decode(std::string_view(text).substr(kMark.size()));
  if (!raw || raw->size() < kNonce + kTag || key.size() != kKey) return {};
  const std::string_view whole(*raw), nonce = whole.substr(0, kNonce),
                                      sealed = whole.substr(kNonce, whole.size() - kNonce - kTag);
  std::string tag(whole.substr(whole.size() - kTag));
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string plain(sealed.size() + kBlock, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  int count = 0, rest = 0;
  if (!cipher ||
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) != 1 ||
      EVP_DecryptUpdate(cipher.get(), out, &count, bytes(sealed), static_cast<int>(sealed.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(cipher.get(), out + count, &rest) != 1)
    return {};
  plain.resize(static_cast<std::size_t>(count + rest));
  return plain;
}

}  // namespace sluice::cli
