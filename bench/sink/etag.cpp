// MD5 by OpenSSL, the rest by mixing numbers: etag.h.
#include "bench/sink/etag.h"

#include <openssl/evp.h>

#include "bench/sink/mix.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

void append_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15];
}

/// As long as an MD5.
std::string digits_of(std::uint64_t value) {
  std::string out;
  out.reserve(34);
  append_hex(out, mix(value));
  append_hex(out, mix(value ^ 0x5555));
  return out;
}

std::string binary(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1]));
  return out;
}

}  // namespace

void Md5::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Md5::Md5() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr);
}

void Md5::update(const char* bytes, std::size_t count) {
  EVP_DigestUpdate(context_.get(), bytes, count);
}

std::string Md5::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned count = 0;
  EVP_DigestFinal_ex(context_.get(), digest, &count);
  return sink::hex({reinterpret_cast<const char*>(digest), count});
}

std::string synthetic_etag(std::uint64_t size, std::uint64_t base) {
  return digits_of(size * 31 + base) + "-1";
}

std::string made_up_etag(std::uint64_t size) {
  return digits_of(size + 77) + "-1";
}

std::string etag_of_parts(const std::vector<std::string>& parts, std::uint64_t size) {
  const std::string count = "-" + std::to_string(parts.size());
  Md5 md5;
  for (const std::string& part : parts) {
    if (part.size() != 32) return digits_of(size) + count;
    const std::string bytes = binary(part);
    md5.update(bytes.data(), bytes.size());
  }
  return md5.hex() + count;
}

}  // namespace sink
