// CRCs from io, hashes from OpenSSL.
#include "emulator/blob_sums.h"

#include <openssl/evp.h>

#include "io/checksum.h"

namespace sluice::emulator {

struct RunningSums::Hash {
  explicit Hash(const EVP_MD* kind) : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context, kind, nullptr); }
  ~Hash() { EVP_MD_CTX_free(context); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  void add(std::string_view bytes) { EVP_DigestUpdate(context, bytes.data(), bytes.size()); }
  template <class Value>
  Value finish() {
    Value value;
    EVP_DigestFinal_ex(context, value.data(), nullptr);
    return value;
  }

  EVP_MD_CTX* context;
};

namespace {

// EVP_md5() is looked up in the provider at each init, which costs more than a small body's hash.
const EVP_MD* fetched(const char* name) {
  return EVP_MD_fetch(nullptr, name, nullptr);
}
const EVP_MD* md5_kind() {
  static const EVP_MD* const kind = fetched("MD5");
  return kind;
}
const EVP_MD* sha1_kind() {
  static const EVP_MD* const kind = fetched("SHA1");
  return kind;
}
const EVP_MD* sha256_kind() {
  static const EVP_MD* const kind = fetched("SHA256");
  return kind;
}

std::string to_hex(const Md5& sum, const char* digits) {
  std::string text;
  for (std::uint8_t byte : sum) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

}  // namespace

std::string hex(const Md5& sum) {
  return to_hex(sum, "0123456789abcdef");
}
std::string upper_hex(const Md5& sum) {
  return to_hex(sum, "0123456789ABCDEF");
}

RunningSums::RunningSums(const WriterOptions& options) : options_(options) {
  if (options.md5) md5_ = std::make_unique<Hash>(md5_kind());
  if (options.sha1) sha1_ = std::make_unique<Hash>(sha1_kind());
  if (options.sha256) sha256_ = std::make_unique<Hash>(sha256_kind());
}
RunningSums::RunningSums(RunningSums&&) noexcept = default;
RunningSums::~RunningSums() = default;

void RunningSums::add(std::string_view bytes) {
  io::Bytes data(bytes.data(), bytes.size());
  if (options_.crc64) crc64_ = io::crc64_ecma(crc64_, data);
  if (options_.crc32c) crc32c_ = io::crc32c(crc32c_, data);
  if (options_.crc32) crc32_ = io::crc32(crc32_, data);
  if (options_.crc64nvme) crc64nvme_ = io::crc64_nvme(crc64nvme_, data);
  if (md5_) md5_->add(bytes);
  if (sha1_) sha1_->add(bytes);
  if (sha256_) sha256_->add(bytes);
}

Sums RunningSums::finish() {
  Sums sums;
  if (options_.crc64) sums.crc64 = crc64_;
  if (options_.crc32c) sums.crc32c = crc32c_;
  if (options_.crc32) sums.crc32 = crc32_;
  if (options_.crc64nvme) sums.crc64nvme = crc64nvme_;
  if (md5_) sums.md5 = md5_->finish<Md5>();
  if (sha1_) sums.sha1 = sha1_->finish<Sha1>();
  if (sha256_) sums.sha256 = sha256_->finish<Sha256>();
  return sums;
}

Sums join(const Sums& a, const Sums& b, std::uint64_t size_b) {
  Sums joined;
  if (a.crc64 && b.crc64) joined.crc64 = io::crc64_ecma_combine(*a.crc64, *b.crc64, size_b);
  if (a.crc32c && b.crc32c) joined.crc32c = io::crc32c_combine(*a.crc32c, *b.crc32c, size_b);
  if (a.crc32 && b.crc32) joined.crc32 = io::crc32_combine(*a.crc32, *b.crc32, size_b);
  if (a.crc64nvme && b.crc64nvme)
    joined.crc64nvme = io::crc64_nvme_combine(*a.crc64nvme, *b.crc64nvme, size_b);
  return joined;
}

Sums joinable_zero() {
  Sums zero;
  zero.crc64 = 0;
  zero.crc32c = 0;
  zero.crc32 = 0;
  zero.crc64nvme = 0;
  return zero;
}

Md5 md5_of(std::string_view bytes) {
  WriterOptions options{.md5 = true, .crc64 = false, .crc32c = false};
  RunningSums sums(options);
  sums.add(bytes);
  return *sums.finish().md5;
}

}  // namespace sluice::emulator
