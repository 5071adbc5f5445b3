// Algorithms are fetched once: EVP_sha256() and kin would look theirs up at every use. Scratch
// contexts are kept for each thread: creating one costs as much as hashing a short text.
#include "signers/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>
#include <new>

namespace sluice::signers {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const EVP_MD* algorithm(Hash::Kind kind) {
  static const EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  switch (kind) {
    case Hash::Kind::md5:
      return md5;
    case Hash::Kind::sha1:
      return sha1;
    case Hash::Kind::sha256:
      break;
  }
  return sha256;
}

/// OpenSSL fails here only without memory or without the algorithm; a wrong digest must not go on.
void check(int ok) {
  if (ok != 1) throw std::bad_alloc();
}

Context new_context() {
  Context context(EVP_MD_CTX_new());
  check(context != nullptr);
  return context;
}

EVP_MD_CTX* scratch() {
  thread_local const Context context = new_context();
  return context.get();
}

void start(EVP_MD_CTX* context, Hash::Kind kind) {
  check(EVP_DigestInit_ex2(context, algorithm(kind), nullptr));
}

void add(EVP_MD_CTX* context, std::string_view data) {
  check(EVP_DigestUpdate(context, data.data(), data.size()));
}

std::size_t finish_into(EVP_MD_CTX* context, char* out) {
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(out), &size));
  return size;
}

std::string digest(Hash::Kind kind, std::string_view data) {
  char out[EVP_MAX_MD_SIZE];
  start(scratch(), kind);
  add(scratch(), data);
  const auto size = finish_into(scratch(), out);
  return std::string(out, size);
}

constexpr std::size_t kBlock = 64;

/// The key, filled up to a block, xored with the pad of RFC 2104.
std::array<char, kBlock> padded(Hash::Kind kind, std::string_view key, char pad) {
  std::array<char, kBlock> block{};
  std::string short_key;
  if (key.size() > kBlock) key = short_key = digest(kind, key);
  if (!key.empty()) std::memcpy(block.data(), key.data(), key.size());
  for (char& c : block) c = static_cast<char>(c ^ pad);
  OPENSSL_cleanse(short_key.data(), short_key.size());
  return block;
}

std::string hmac(Hash::Kind kind, std::string_view key, std::string_view data) {
  char inner[EVP_MAX_MD_SIZE];
  auto block = padded(kind, key, 0x36);
  start(scratch(), kind);
  add(scratch(), {block.data(), block.size()});
  add(scratch(), data);
  const auto size = finish_into(scratch(), inner);
  block = padded(kind, key, 0x5c);
  start(scratch(), kind);
  add(scratch(), {block.data(), block.size()});
  add(scratch(), {inner, size});
  OPENSSL_cleanse(block.data(), block.size());
  char out[EVP_MAX_MD_SIZE];
  return std::string(out, finish_into(scratch(), out));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string md5(std::string_view data) {
  return digest(Hash::Kind::md5, data);
}
std::string sha1(std::string_view data) {
  return digest(Hash::Kind::sha1, data);
}
std::string sha256(std::string_view data) {
  return digest(Hash::Kind::sha256, data);
}
std::string hmac_sha1(std::string_view key, std::string_view data) {
  return hmac(Hash::Kind::sha1, key, data);
}
std::string hmac_sha256(std::string_view key, std::string_view data) {
  return hmac(Hash::Kind::sha256, key, data);
}

std::string sha256_hex(std::string_view data) {
  char out[EVP_MAX_MD_SIZE];
  start(scratch(), Hash::Kind::sha256);
  add(scratch(), data);
  const auto size = finish_into(scratch(), out);
  return hex({out, size});
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  char* at = out.data();
  for (const char c : bytes) {
    *at++ = digits[static_cast<unsigned char>(c) >> 4];
    *at++ = digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::optional<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return {};
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    out += digits[bits >> 18];
    out += digits[(bits >> 12) & 63];
    out += count > 1 ? digits[(bits >> 6) & 63] : '=';
    out += count > 2 ? digits[bits & 63] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  const auto value = [](char c) -> int {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  };
  if (text.size() % 4 != 0) return {};
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const int padding = last ? (text[i + 3] == '=') + (text[i + 3] == '=' && text[i + 2] == '=') : 0;
    unsigned bits = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const int digit = static_cast<int>(k) >= 4 - padding ? 0 : value(text[i + k]);
      if (digit < 0) return {};
      bits = bits << 6 | static_cast<unsigned>(digit);
    }
    // Bits that belong to no byte must be zero, else two texts would mean the same bytes.
    if ((padding == 1 && bits & 0xff) || (padding == 2 && bits & 0xffff)) return {};
    out += static_cast<char>(bits >> 16);
    if (padding < 2) out += static_cast<char>(bits >> 8 & 255);
    if (padding < 1) out += static_cast<char>(bits & 255);
  }
  return out;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Hash::State {
  Kind kind;
  Context context;
};

Hash::Hash(Kind kind) : state_(new State{kind, new_context()}) {
  start(state_->context.get(), kind);
}
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

void Hash::update(std::span<const char> data) {
  add(state_->context.get(), {data.data(), data.size()});
}

std::string Hash::finish() {
  char out[EVP_MAX_MD_SIZE];
  const auto size = finish_into(state_->context.get(), out);
  start(state_->context.get(), state_->kind);
  return std::string(out, size);
}

struct HmacKey::State {
  Context inner = new_context();
  Context outer = new_context();
};

HmacKey::HmacKey(std::string_view key) {
  const auto state = std::make_shared<State>();
  auto block = padded(Hash::Kind::sha256, key, 0x36);
  start(state->inner.get(), Hash::Kind::sha256);
  add(state->inner.get(), {block.data(), block.size()});
  block = padded(Hash::Kind::sha256, key, 0x5c);
  start(state->outer.get(), Hash::Kind::sha256);
  add(state->outer.get(), {block.data(), block.size()});
  OPENSSL_cleanse(block.data(), block.size());
  state_ = state;
}

HmacKey::Mac HmacKey::sign(std::string_view data) const {
  Mac mac;
  EVP_MD_CTX* const context = scratch();
  check(EVP_MD_CTX_copy_ex(context, state_->inner.get()));
  add(context, data);
  finish_into(context, mac.data());
  check(EVP_MD_CTX_copy_ex(context, state_->outer.get()));
  add(context, {mac.data(), mac.size()});
  finish_into(context, mac.data());
  return mac;
}

std::string HmacKey::sign_hex(std::string_view data) const {
  const Mac mac = sign(data);
  return hex({mac.data(), mac.size()});
}

}  // namespace sluice::signers
