// Digests: CRCs from checksum.h, MD5 from OpenSSL.
#include "io/file_digests.h"

#include <openssl/evp.h>

#include <array>

#include "io/checksum.h"

namespace sluice::io {

struct Digests::Md5 {
  Md5() { start(); }
  ~Md5() { EVP_MD_CTX_free(context); }
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;

  // A system in FIPS mode refuses MD5: then there is no value, rather than a wrong one.
  void start() { works = context && EVP_DigestInit_ex(context, EVP_md5(), nullptr) == 1; }
  void update(std::string_view bytes) {
    works = works && EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1;
  }
  std::string hex() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned length = 0;
    EVP_MD_CTX* copy = works ? EVP_MD_CTX_new() : nullptr;
    const bool ended =
        copy && EVP_MD_CTX_copy_ex(copy, context) == 1 && EVP_DigestFinal_ex(copy, raw.data(), &length) == 1;
    EVP_MD_CTX_free(copy);
    std::string text;
    if (!ended) return text;
    for (unsigned i = 0; i < length; ++i) {
      text += "0123456789abcdef"[raw[i] >> 4];
      text += "0123456789abcdef"[raw[i] & 15];
    }
    return text;
  }

  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool works = false;
};

Digests::Digests(DigestFlags flags) : flags_(flags) {
  if (flags_ & kMd5) md5_ = std::make_unique<Md5>();
}
Digests::Digests(Digests&&) noexcept = default;
Digests& Digests::operator=(Digests&&) noexcept = default;
Digests::~Digests() = default;

void Digests::update(std::string_view bytes) {
  bytes_ += bytes.size();
  const Bytes data(bytes.data(), bytes.size());
  if (flags_ & kCrc64) crc64_ = crc64_ecma(crc64_, data);
  if (flags_ & kCrc32c) crc32c_ = crc32c(crc32c_, data);
  if (flags_ & kCrc64Nvme) crc64nvme_ = crc64_nvme(crc64nvme_, data);
  if (md5_) md5_->update(bytes);
}

void Digests::reset() {
  bytes_ = 0;
  crc64_ = 0;
  crc32c_ = 0;
  crc64nvme_ = 0;
  if (md5_) md5_->start();
}

DigestValues Digests::values() const {
  DigestValues values;
  values.bytes = bytes_;
  if (flags_ & kCrc64) values.crc64 = crc64_;
  if (flags_ & kCrc32c) values.crc32c = crc32c_;
  if (flags_ & kCrc64Nvme) values.crc64nvme = crc64nvme_;
  if (md5_) values.md5_hex = md5_->hex();
  return values;
}

DigestValues digests_of_nothing() {
  DigestValues none;
  none.crc64 = 0;
  none.crc32c = 0;
  none.crc64nvme = 0;
  return none;
}

DigestValues combine(const DigestValues& a, const DigestValues& b) {
  DigestValues both;
  both.bytes = a.bytes + b.bytes;
  if (a.crc64 && b.crc64) both.crc64 = crc64_ecma_combine(*a.crc64, *b.crc64, b.bytes);
  if (a.crc32c && b.crc32c) both.crc32c = crc32c_combine(*a.crc32c, *b.crc32c, b.bytes);
  if (a.crc64nvme && b.crc64nvme) both.crc64nvme = crc64_nvme_combine(*a.crc64nvme, *b.crc64nvme, b.bytes);
  return both;
}

}  // namespace sluice::io
