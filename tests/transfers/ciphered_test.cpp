// Objects that the store keeps ciphered with a managed or a customer's key: their ETags look like MD5s
// of the content and are none.
#include "engine/codec_checksum.h"
#include "signers/digest.h"
#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

struct Cipher {
  std::string scheme, header, value;
};
const std::vector<Cipher> kCiphers{
    {"s3", "x-amz-server-side-encryption", "aws:kms"},
    {"s3", "x-amz-server-side-encryption", "aws:kms:dsse"},
    {"s3", "x-amz-server-side-encryption-customer-algorithm", "AES256"},
    {"oss", "x-oss-server-side-encryption", "KMS"},
    {"oss", "x-oss-server-side-encryption", "SM4"},
    {"cos", "x-cos-server-side-encryption", "cos/kms"},
    {"cos", "x-cos-server-side-encryption-customer-algorithm", "AES256"},
    {"tos", "x-tos-server-side-encryption-customer-algorithm", "AES256"},
    {"qs", "x-qs-encryption-customer-algorithm", "AES256"},
};

/// Answers the cipher's header with every object, and ETags that are the MD5 of something else.
struct CipheringStore : ScriptedStore {
  explicit CipheringStore(const Cipher& cipher)
      : ScriptedStore(dialect(cipher.scheme), [cipher](const HttpRequest& request, HttpAnswer& answer) {
          const bool listing = request.target.find("prefix=") != std::string::npos;
          if (!listing) answer.headers.emplace_back(cipher.header, cipher.value);
        }) {
    etag_of = [](const std::string& bytes) { return signers::hex(signers::md5(bytes + "ciphered")); };
  }
};

TransferOptions with_parts(std::uint64_t part) {
  TransferOptions options;
  options.part_size = part;
  return options;
}

struct Ciphered : ::testing::Test {
  TempDir dir;
  Client client = must(Client::open(client_options(dir)));
};

TEST_F(Ciphered, ObjectsAreDownloadedOneByOneAndAsTrees) {
  const std::string bytes = bytes_of(3 * kMiB);
  for (const Cipher& cipher : kCiphers) {
    SCOPED_TRACE(cipher.header + ": " + cipher.value);
    CipheringStore ciphering(cipher);
    ciphering.put("t/k", bytes);
    Store store = ciphering.open(client);
    const std::string to = dir.path("to");

    EXPECT_TRUE(must(store.head(ciphering.bucket(), "t/k")).opaque_etag);
    std::string memory;
    must(client.download(store, ciphering.bucket(), "t/k", Sink::memory(&memory)).wait());
    const auto tree = must(client.download_tree(store, ciphering.bucket(), "t/", to).wait());

    EXPECT_TRUE(memory == bytes);
    EXPECT_EQ(tree.objects, 1u) << (tree.failures.empty() ? "" : tree.failures.front());
    EXPECT_TRUE(read_file(to + "/k") == bytes);
    std::filesystem::remove_all(to);
  }
}

TEST_F(Ciphered, ObjectsAreCopiedFromAndToStoresWithout) {
  const std::string bytes = bytes_of(6 * kMiB, 4);
  for (const Cipher& cipher : kCiphers) {
    // One that knows nothing but MD5s, one that knows more.
    for (const DialectUnderTest& d : {dialect("qs"), dialect("s3")}) {
      for (const std::uint64_t part : {5 * kMiB, 100 * kMiB}) {
        SCOPED_TRACE(cipher.header + ": " + cipher.value + " and " + d.scheme + " " + std::to_string(part));
        CipheringStore ciphering(cipher);
        ScriptedStore plain(d);
        Store there = ciphering.open(client), here = plain.open(client);
        ciphering.put("from", bytes);
        plain.put("from", bytes);

        must(client.copy(there, ciphering.bucket(), "from", here, plain.bucket(), "to", with_parts(part))
                 .wait());
        must(client.copy(here, plain.bucket(), "from", there, ciphering.bucket(), "to", with_parts(part))
                 .wait());

        EXPECT_TRUE(plain.bytes("to") == bytes);
        EXPECT_TRUE(ciphering.bytes("to") == bytes);
      }
    }
  }
}

TEST_F(Ciphered, FilesAreUploaded) {
  const std::string bytes = bytes_of(6 * kMiB, 5);
  for (const Cipher& cipher : kCiphers) {
    SCOPED_TRACE(cipher.header + ": " + cipher.value);
    CipheringStore ciphering(cipher);
    Store store = ciphering.open(client);

    for (const std::uint64_t part : {5 * kMiB, 100 * kMiB})
      must(client.upload(Source::memory(bytes), store, ciphering.bucket(), "k", with_parts(part)).wait());

    EXPECT_TRUE(ciphering.bytes("k") == bytes);
  }
}

TEST_F(Ciphered, ListedObjectsAreHeldAgainstTheChecksumOfTheirOwnAnswer) {
  const std::string bytes = bytes_of(100'000, 6);
  for (const bool right : {true, false}) {
    const std::uint32_t crc = io::crc32c(0, bytes) + (right ? 0 : 1);
    ScriptedStore s3(dialect("s3"), [crc](const HttpRequest& request, HttpAnswer& answer) {
      if (request.target.find("/t/k") == std::string::npos) return;
      answer.headers.emplace_back("x-amz-server-side-encryption", "aws:kms");
      answer.headers.emplace_back("x-amz-checksum-crc32c", engine::encode_checksum(crc));
    });
    s3.put("t/k", bytes);
    const std::string to = dir.path("to");

    const auto report = must(client.download_tree(s3.open(client), s3.bucket(), "t/", to).wait());

    EXPECT_EQ(report.failed, right ? 0u : 1u);
    EXPECT_EQ(std::filesystem::exists(to + "/k"), right);
    std::filesystem::remove_all(to);
  }
}

}  // namespace
}  // namespace sluice::transfers
