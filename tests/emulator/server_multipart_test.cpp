// Multipart uploads and S3's checksums through the whole server.
#include "emulator/checksums.h"
#include "io/checksum.h"
#include "server_fixture.h"
#include "signers/digest.h"

namespace sluice::emulator::test {
namespace {

constexpr std::size_t kPart = 5 << 20;

class ServerMultipart : public ServerTest {
 protected:
  void SetUp() override {
    start();
    ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  }
  std::string create(io::Headers headers = {}) {
    const Answer created = s3("POST", "/bucket/k?uploads", {}, std::move(headers));
    EXPECT_EQ(created.status, 200) << created.body;
    return element(created.body, "UploadId");
  }
  Answer part(const std::string& id, int number, const std::string& body, io::Headers headers = {}) {
    return s3("PUT", "/bucket/k?partNumber=" + std::to_string(number) + "&uploadId=" + id, body,
              std::move(headers));
  }
  Answer complete(const std::string& id, const std::vector<std::pair<int, std::string>>& parts,
                  io::Headers headers = {}) {
    std::string body = "<CompleteMultipartUpload>";
    for (const auto& [number, etag] : parts) {
      body += "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" + etag + "</ETag></Part>";
    }
    return s3("POST", "/bucket/k?uploadId=" + id, body + "</CompleteMultipartUpload>", std::move(headers));
  }
};

TEST_F(ServerMultipart, JoinsPartsInOrderUnderAnEtagOfTheirDigests) {
  const std::string one = bytes_of(kPart, 1), two = bytes_of(1000, 2);
  const std::string id = create();
  const std::string second = part(id, 7, two).headers.get("ETag");
  const std::string first = part(id, 2, one).headers.get("ETag");

  const Answer done = complete(id, {{2, first}, {7, second}});

  ASSERT_EQ(done.status, 200) << done.body;
  const std::string digest = signers::hex(signers::md5(signers::md5(one) + signers::md5(two)));
  EXPECT_EQ(element(done.body, "ETag"), "&quot;" + digest + "-2&quot;");
  EXPECT_EQ(s3("GET", "/bucket/k").body, one + two);
  EXPECT_EQ(complete(id, {{2, first}, {7, second}}).body, done.body) << "S3 takes it again";
  EXPECT_EQ(element(part(id, 1, "x").body, "Code"), "NoSuchUpload");
}

TEST_F(ServerMultipart, RefusesWhatDoesNotFit) {
  const std::string id = create();
  const std::string small = part(id, 1, "small").headers.get("ETag");
  const std::string last = part(id, 2, "last").headers.get("ETag");

  EXPECT_EQ(element(complete(id, {{1, small}, {2, last}}).body, "Code"), "EntityTooSmall");
  EXPECT_EQ(element(complete(id, {{2, last}, {1, small}}).body, "Code"), "InvalidPartOrder");
  EXPECT_EQ(element(complete(id, {{1, last}}).body, "Code"), "InvalidPart");
  EXPECT_EQ(element(complete(id, {{3, last}}).body, "Code"), "InvalidPart");
  EXPECT_EQ(element(complete("nonsense", {{1, small}}).body, "Code"), "NoSuchUpload");
  EXPECT_EQ(element(part(id, 0, "x").body, "Code"), "InvalidArgument");
  EXPECT_EQ(element(part(id, 10'001, "x").body, "Code"), "InvalidArgument");
  EXPECT_EQ(complete(id, {{1, small}}).status, 200);
}

TEST_F(ServerMultipart, ListsPartsAndUploadsUntilTheyEnd) {
  const std::string id = create();
  for (int number : {1, 2, 3}) ASSERT_EQ(part(id, number, "part").status, 200);

  const std::string page = s3("GET", "/bucket/k?uploadId=" + id + "&max-parts=2").body;
  EXPECT_EQ(element(page, "NextPartNumberMarker"), "2");
  EXPECT_EQ(element(page, "IsTruncated"), "true");
  const std::string rest = s3("GET", "/bucket/k?uploadId=" + id + "&part-number-marker=2").body;
  EXPECT_EQ(element(rest, "PartNumber"), "3");
  EXPECT_EQ(element(s3("GET", "/bucket?uploads").body, "UploadId"), id);

  EXPECT_EQ(s3("DELETE", "/bucket/k?uploadId=" + id).status, 204);
  EXPECT_EQ(element(s3("GET", "/bucket?uploads").body, "UploadId"), "");
  EXPECT_EQ(s3("DELETE", "/bucket/k?uploadId=" + id).status, 404);
}

TEST_F(ServerMultipart, CopiesRangesAsParts) {
  ASSERT_EQ(s3("PUT", "/bucket/from", "0123456789").status, 200);
  const std::string id = create();
  const Answer copied = s3("PUT", "/bucket/k?partNumber=1&uploadId=" + id, {},
                           {{"x-amz-copy-source", "/bucket/from"}, {"x-amz-copy-source-range", "bytes=2-5"}});
  ASSERT_EQ(copied.status, 200) << copied.body;
  const std::string quoted = element(copied.body, "ETag");
  ASSERT_EQ(complete(id, {{1, quoted.substr(6, 32)}}).status, 200);
  EXPECT_EQ(s3("GET", "/bucket/k").body, "2345");
}

TEST_F(ServerMultipart, VerifiesAFullObjectChecksumAndTellsIt) {
  const std::string one = bytes_of(kPart, 3), two = bytes_of(777, 4);
  const std::string whole = signers::base64(io::checksum_bytes(io::crc32c(0, one + two)));
  const io::Headers kind = {{"x-amz-checksum-algorithm", "CRC32C"}, {"x-amz-checksum-type", "FULL_OBJECT"}};
  const std::string id = create(kind);
  const std::string a = part(id, 1, one).headers.get("ETag"), b = part(id, 2, two).headers.get("ETag");

  EXPECT_EQ(complete(id, {{1, a}, {2, b}}, {{"x-amz-checksum-crc32c", "AAAAAA=="}}).status, 400);
  const Answer done = complete(id, {{1, a}, {2, b}}, {{"x-amz-checksum-crc32c", whole}});

  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(element(done.body, "ChecksumCRC32C"), whole);
  const Answer head = s3("HEAD", "/bucket/k", {}, {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(head.headers.get("x-amz-checksum-crc32c"), whole);
  EXPECT_EQ(head.headers.get("x-amz-checksum-type"), "FULL_OBJECT");
}

TEST_F(ServerMultipart, KeepsACompositeChecksum) {
  const std::string one = bytes_of(kPart, 5), two = "tail";
  const std::string id = create({{"x-amz-checksum-algorithm", "SHA256"}});
  const std::string a = part(id, 1, one).headers.get("ETag"), b = part(id, 2, two).headers.get("ETag");
  const std::string expected =
      signers::base64(signers::sha256(signers::sha256(one) + signers::sha256(two))) + "-2";

  const Answer done = complete(id, {{1, a}, {2, b}});

  EXPECT_EQ(element(done.body, "ChecksumSHA256"), expected) << done.body;
  const Answer head = s3("HEAD", "/bucket/k", {}, {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(head.headers.get("x-amz-checksum-sha256"), expected);
  EXPECT_EQ(head.headers.get("x-amz-checksum-type"), "COMPOSITE");
}

}  // namespace
}  // namespace sluice::emulator::test
