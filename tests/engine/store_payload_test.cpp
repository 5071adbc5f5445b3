// S3 bodies: checksum trailers, their trial, and signed payloads; and Complete, which must be right
// though its answer is lost.
#include <gtest/gtest.h>

#include "engine/codec_checksum.h"
#include "engine/request_trailer.h"
#include "io/time_text.h"
#include "store_fixture.h"

namespace sluice::engine {
namespace {

using test::Bench;
using namespace std::chrono_literals;

const Ref kObject{"bucket-1", "k"};
const std::string kCrc = "4waSgw==";  // of "123456789"

std::string error_body(const std::string& code) {
  return "<Error><Code>" + code + "</Code></Error>";
}

std::string read_in(io::BodySource& source, std::size_t step) {
  std::string out, block(step, '\0');
  while (true) {
    auto got = source.read({block.data(), block.size()});
    EXPECT_TRUE(got);
    if (!got || *got == 0) return out;
    out.append(block, 0, *got);
  }
}

TEST(TrailerSource, FramesAnySizeReadInAnySteps) {
  for (const std::size_t size :
       {0ul, 1ul, 15ul, 16ul, (1ul << 20) - 1, 1ul << 20, (1ul << 20) + 1, (3ul << 20) + 5}) {
    std::string plain(size, '\0');
    for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<char>(i * 31 + i / 251);
    std::string expected;
    char text[32];
    for (std::size_t at = 0; at < size; at += 1u << 20) {
      const auto n = std::min<std::size_t>(1u << 20, size - at);
      std::snprintf(text, sizeof text, "%zx\r\n", n);
      expected += text + plain.substr(at, n) + "\r\n";
    }
    expected += "0\r\nx-amz-checksum-crc32c:" + encode_checksum(io::crc32c(0, plain)) + "\r\n\r\n";
    for (const std::size_t step : {1ul, 4093ul, 1ul << 22}) {
      if (step == 1 && size > 100'000) continue;
      test::TextSource source(plain);
      TrailerSource framed(&source);
      EXPECT_EQ(framed.size(), expected.size());
      EXPECT_TRUE(read_in(framed, step) == expected) << size << " by " << step;
      EXPECT_EQ(framed.crc(), io::crc32c(0, plain));
      ASSERT_TRUE(framed.rewind());
      EXPECT_TRUE(read_in(framed, step) == expected) << size << " by " << step << " again";
    }
  }
}

TEST(TrailerSource, TellsWhenTheDataEndEarly) {
  class Short final : public io::BodySource {
   public:
    std::uint64_t size() const override { return 10; }
    Result<std::size_t> read(std::span<char>) override { return std::size_t{0}; }
    bool rewind() override { return true; }
  } source;
  TrailerSource framed(&source);
  char block[64];
  auto got = framed.read(block);
  EXPECT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::integrity);
}

TEST(TrailerSource, PassesAPauseOn) {
  class Slow final : public io::BodySource {
   public:
    std::uint64_t size() const override { return 4; }
    Result<std::size_t> read(std::span<char> into) override {
      if (++asked % 3 != 0) return io::kPaused;
      into[0] = 'x';
      return std::size_t{1};
    }
    bool rewind() override { return true; }
    int asked = 0;
  } source;
  TrailerSource framed(&source);
  std::string out;
  int pauses = 0;
  char block[64];
  while (true) {
    auto got = framed.read(block);
    ASSERT_TRUE(got);
    if (*got == 0) break;
    if (*got == io::kPaused) {
      ++pauses;
      continue;
    }
    out.append(block, *got);
  }
  EXPECT_GT(pauses, 0);
  EXPECT_EQ(out.substr(0, 9), "4\r\nxxxx\r\n");
}

TEST(S3Checksums, AreTriedOnceAndDoneWithoutWhereRefused) {
  struct Row {
    int status;
    std::string code;
  };
  for (const Row& row : {Row{400, "InvalidRequest"},
                         {501, "NotImplemented"},
                         {403, "SignatureDoesNotMatch"},
                         {400, "XAmzContentSHA256Mismatch"},
                         {411, "MissingContentLength"},
                         {501, ""}}) {
    SCOPED_TRACE(row.code);
    Bench b(kS3);
    b.wire.answer(row.status, {}, row.code.empty() ? "" : error_body(row.code));
    b.wire.answer(200, {{"ETag", "\"e\""}});
    test::TextSource source("123456789");
    auto reply = b.run(b.store->put(b.call(), kObject, &source, {}));
    ASSERT_TRUE(reply) << reply.error().describe();
    EXPECT_EQ(reply->reply.attempts, 2);
    EXPECT_TRUE(b.loop.pauses.empty());
    EXPECT_EQ(b.wire.last().body, "123456789");
    EXPECT_EQ(b.header("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    EXPECT_EQ(b.header("Content-Encoding"), "");
    EXPECT_EQ(b.header("x-amz-trailer"), "");
    // Remembered: neither parts nor uploads ask again.
    b.wire.answer(200, {{"ETag", "\"e\""}});
    test::TextSource next("x");
    ASSERT_TRUE(b.run(b.store->upload_part(b.call(), kObject, "u", 1, &next)));
    EXPECT_EQ(b.wire.last().body, "x");
    EXPECT_EQ(b.wire.seen.size(), 3u);
    b.wire.answer(200, {},
                  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    ASSERT_TRUE(b.run(b.store->create_upload(b.call(), kObject, {})));
    EXPECT_EQ(b.header("x-amz-checksum-algorithm"), "");
  }
}

TEST(S3Checksums, AWrongKeyStaysAWrongKey) {
  Bench b(kS3);
  b.wire.answer(403, {}, error_body("SignatureDoesNotMatch"));
  b.wire.answer(403, {}, error_body("SignatureDoesNotMatch"));
  test::TextSource source("123456789");
  auto reply = b.run(b.store->put(b.call(), kObject, &source, {}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().service->code, "SignatureDoesNotMatch");
  EXPECT_EQ(reply.error().attempts, 2);
  // It says nothing about checksums.
  b.wire.answer(200, {{"ETag", "\"e\""}, {"x-amz-checksum-crc32c", kCrc}});
  test::TextSource next("123456789");
  ASSERT_TRUE(b.run(b.store->put(b.call(), kObject, &next, {})));
  EXPECT_EQ(b.header("x-amz-trailer"), "x-amz-checksum-crc32c");
}

TEST(S3Checksums, DataThatMayHaveBeenStoredWithItsFramingAreSentAgainPlain) {
  Bench b(kS3);
  b.wire.answer(200, {{"ETag", "\"framed\""}});  // no word of the checksum
  b.wire.answer(200, {{"ETag", "\"plain\""}});
  test::TextSource source("123456789");
  auto reply = b.run(b.store->put(b.call(), kObject, &source, {}));
  ASSERT_TRUE(reply) << reply.error().describe();
  EXPECT_EQ(reply->etag, "plain");
  EXPECT_EQ(b.wire.last().body, "123456789");
}

TEST(S3Checksums, ADamagedBodyIsNoReasonToDoWithoutThem) {
  Bench b(kS3);
  b.wire.answer(400, {}, error_body("BadDigest"));
  b.wire.answer(200, {{"ETag", "\"e\""}, {"x-amz-checksum-crc32c", kCrc}});
  test::TextSource source("123456789");
  ASSERT_TRUE(b.run(b.store->put(b.call(), kObject, &source, {})));
  EXPECT_EQ(b.header("x-amz-trailer"), "x-amz-checksum-crc32c");
  EXPECT_EQ(b.loop.pauses.size(), 1u);
}

TEST(S3Checksums, AreLeftOutWhenTheUploadsAnswerDoesNotKnowThem) {
  Bench b(kS3);
  b.wire.answer(200, {},
                "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
  ASSERT_TRUE(b.run(b.store->create_upload(b.call(), kObject, {})));
  EXPECT_EQ(b.header("x-amz-checksum-type"), "FULL_OBJECT");
  b.wire.answer(200, {{"ETag", "\"e\""}});
  test::TextSource source("123456789");
  ASSERT_TRUE(b.run(b.store->upload_part(b.call(), kObject, "u", 1, &source)));
  EXPECT_EQ(b.wire.last().body, "123456789");
  EXPECT_EQ(b.wire.seen.size(), 2u);

  Bench refusing(kS3);
  refusing.wire.answer(400, {}, error_body("InvalidArgument"));
  refusing.wire.answer(
      200, {}, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
  ASSERT_TRUE(refusing.run(refusing.store->create_upload(refusing.call(), kObject, {})));
  EXPECT_EQ(refusing.header("x-amz-checksum-type"), "");
}

TEST(S3Payload, IsSignedWhereTheEndpointInsists) {
  Bench b(kS3);
  b.wire.answer(400, {}, error_body("XAmzContentSHA256Mismatch"));
  b.wire.answer(400, {}, error_body("XAmzContentSHA256Mismatch"));
  b.wire.answer(200, {{"ETag", "\"e\""}});
  test::TextSource source("123456789");
  auto reply = b.run(b.store->put(b.call(), kObject, &source, {}));
  ASSERT_TRUE(reply) << reply.error().describe();
  EXPECT_EQ(b.header("x-amz-content-sha256"),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
  EXPECT_EQ(b.wire.last().body, "123456789");
  b.wire.answer(200, {{"ETag", "\"e\""}});
  test::TextSource next("123456789");
  ASSERT_TRUE(b.run(b.store->put(b.call(), kObject, &next, {})));
  EXPECT_EQ(b.wire.seen.size(), 4u);
  EXPECT_EQ(b.header("x-amz-content-sha256").size(), 64u);
}

TEST(S3Payload, IsSignedOnRequestWithTheChecksumAsAHeader) {
  auto config = test::config_of(kS3);
  config.sign_payload = true;
  Bench b(config);
  b.wire.answer(200, {{"ETag", "\"e\""}, {"x-amz-checksum-crc32c", kCrc}});
  test::TextSource source("123456789");
  auto reply = b.run(b.store->put(b.call(), kObject, &source, {}));
  ASSERT_TRUE(reply) << reply.error().describe();
  EXPECT_EQ(b.header("x-amz-content-sha256"),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
  EXPECT_EQ(b.header("x-amz-checksum-crc32c"), kCrc);
  EXPECT_EQ(b.wire.last().body, "123456789");
  EXPECT_EQ(reply->crc32c, 0xE3069283u);
  test::TextSource once("x", false);
  auto refused = b.run(b.store->put(b.call(), kObject, &once, {}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::argument);
}

TEST(S3Payload, OfRequestsWithoutAFileIsAlwaysSigned) {
  Bench b(kS3);
  b.wire.answer(200, {{"Content-Length", "1"}});
  ASSERT_TRUE(b.run(b.store->head(b.call(), kObject)));
  EXPECT_EQ(b.header("x-amz-content-sha256"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// -- Complete

std::vector<PartInfo> two_parts(const Dialect& d) {
  std::vector<PartInfo> parts(2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    parts[i].number = d.limits.first_part + i;
    parts[i].size = i == 0 ? 6u << 20 : 9;
    parts[i].etag = i == 0 ? "900150983cd24fb0d6963f7d28e17f72" : "f96b697d7cb7938d525a2f31aaf161d0";
    if (d.integrity == Integrity::crc64_ecma) parts[i].crc64 = 77 + i;
  }
  return parts;
}
std::uint64_t crc64_of(const std::vector<PartInfo>& parts) {
  return io::crc64_ecma_combine(*parts[0].crc64, *parts[1].crc64, parts[1].size);
}

/// What HEAD answers about the object that the parts come to.
io::Headers joined(const Dialect& d, const std::vector<PartInfo>& parts) {
  std::uint64_t size = 0;
  for (const auto& p : parts) size += p.size;
  io::Headers h{{"Content-Length", std::to_string(size)},
                {"Last-Modified",
                 io::http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()))}};
  if (d.integrity == Integrity::crc64_ecma) {
    h.add("ETag", "\"OPAQUE-2\"");
    h.add(header_name(d, "hash-crc64ecma"), std::to_string(crc64_of(parts)));
  } else if (d.integrity == Integrity::md5) {
    h.add("ETag", "\"0123456789abcdef0123456789abcdef\"");
  } else {
    std::string digests;
    for (const auto& p : parts) digests += *signers::hex_decode(p.etag);
    h.add("ETag", "\"" + signers::hex(signers::md5(digests)) + "-2\"");
  }
  return h;
}

void answer_missing_upload(Bench& b) {
  if (b.dialect.wire == Wire::xml)
    b.wire.answer(404, {}, error_body("NoSuchUpload"));
  else if (&b.dialect == &kTos)
    b.wire.answer(404, {}, R"({"Code":"NoSuchUpload"})");
  else
    b.wire.answer(400, {}, R"({"code":"upload_not_exists"})");
}

CompleteOptions complete_options(const Dialect& d) {
  CompleteOptions o;
  if (d.integrity == Integrity::md5) o.md5_hex = "0123456789abcdef0123456789abcdef";
  return o;
}

TEST(Complete, WhoseAnswerWasLostIsProvenByTheObject) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto parts = two_parts(*d);
    b.wire.fail_with(ErrorKind::network);
    answer_missing_upload(b);
    b.wire.answer(200, joined(*d, parts));

    auto reply = b.run(b.store->complete_upload(b.call(), kObject, "u", parts, complete_options(*d)));

    ASSERT_TRUE(reply) << reply.error().describe();
    EXPECT_EQ(b.sent().method, "HEAD");
    EXPECT_FALSE(reply->etag.empty());
    EXPECT_EQ(reply->reply.attempts, 3);
    if (d->integrity == Integrity::crc64_ecma) {
      EXPECT_EQ(reply->crc64, crc64_of(parts));
    }
  }
}

TEST(Complete, IsProvenAlsoByTheRunAfterTheOneThatWasKilled) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto parts = two_parts(*d);
    answer_missing_upload(b);
    b.wire.answer(200, joined(*d, parts));
    EXPECT_TRUE(b.run(b.store->complete_upload(b.call(), kObject, "u", parts, complete_options(*d))));
  }
}

TEST(Complete, IsNotProvenByAnotherObject) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    const auto parts = two_parts(*d);
    const auto refused_with = [&](io::Headers headers, bool retried) {
      Bench b(*d);
      if (retried) b.wire.fail_with(ErrorKind::network);
      answer_missing_upload(b);
      b.wire.answer(headers.empty() ? 404 : 200, headers);
      auto reply = b.run(b.store->complete_upload(b.call(), kObject, "u", parts, complete_options(*d)));
      return !reply && is_missing_upload(reply.error()) && reply.error().operation == "complete upload";
    };
    auto other_size = joined(*d, parts);
    other_size.set("Content-Length", "5");
    EXPECT_TRUE(refused_with(other_size, true));
    EXPECT_TRUE(refused_with({}, true));
    auto other_content = joined(*d, parts);
    if (d->integrity == Integrity::crc64_ecma)
      other_content.set(header_name(*d, "hash-crc64ecma"), "1");
    else
      other_content.set("ETag", "\"ffffffffffffffffffffffffffffffff-3\"");
    EXPECT_TRUE(refused_with(other_content, true));
    // Nothing to hold it against: an older object of the same size is not ours, and without a retry
    // not even a new one is.
    auto silent = joined(*d, parts);
    silent.remove(header_name(*d, "hash-crc64ecma"));
    silent.set("ETag", "\"OPAQUE-2\"");
    if (d->integrity != Integrity::md5) {
      EXPECT_TRUE(refused_with(silent, false));
    }
    silent.set("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
    EXPECT_TRUE(refused_with(silent, true));
  }
}

TEST(Complete, ThatMustNotOverwriteIsNotStoppedByWhatItMadeItself) {
  for (const Dialect* d : {&kS3, &kOss, &kCos, &kTos}) {
    SCOPED_TRACE(d->name);
    const auto parts = two_parts(*d);
    CompleteOptions options;
    options.forbid_overwrite = true;
    const auto completes = [&](bool retried, const io::Headers& there) {
      Bench b(*d);
      if (retried) b.wire.fail_with(ErrorKind::network);
      b.wire.answer(d == &kS3 ? 412 : 409, {},
                    d == &kS3    ? error_body("PreconditionFailed")
                    : d == &kTos ? R"({"Code":"DuplicateObject"})"
                                 : error_body("FileAlreadyExists"));
      b.wire.answer(200, there);
      auto reply = b.run(b.store->complete_upload(b.call(), kObject, "u", parts, options));
      if (!reply) {
        EXPECT_TRUE(is_already_exists(reply.error())) << reply.error().describe();
      }
      return reply.has_value();
    };
    EXPECT_TRUE(completes(true, joined(*d, parts)));
    EXPECT_FALSE(completes(false, joined(*d, parts))) << "the first answer says it";
    auto other = joined(*d, parts);
    other.set("Content-Length", "5");
    EXPECT_FALSE(completes(true, other));
  }
}

TEST(Complete, ErrorInsideA200IsRetriedAndAClearNoIsNot) {
  for (const Dialect* d : {&kS3, &kOss, &kCos, &kTos}) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto body = [&](const std::string& code) {
      return d->wire == Wire::xml ? error_body(code) : R"({"Code":")" + code + "\"}";
    };
    b.wire.answer(200, {}, "   \n" + body("InternalError"));
    b.wire.answer(200, {},
                  d->wire == Wire::xml
                      ? "<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>"
                      : R"({"ETag":"\"e\""})");
    EXPECT_TRUE(b.run(b.store->complete_upload(b.call(), kObject, "u", two_parts(*d), {})));
    b.wire.answer(200, {}, body("InvalidPart"));
    auto refused = b.run(b.store->complete_upload(b.call(), kObject, "u", two_parts(*d), {}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().service->code, "InvalidPart");
    EXPECT_EQ(b.wire.seen.size(), 3u);
  }
}

TEST(Complete, CutOffIn200IsProvenByTheObject) {
  Bench b(kS3);
  const auto parts = two_parts(kS3);
  b.wire.answer(200, {}, "<?xml version=\"1.0\"?>\n\n   ");
  b.wire.answer(200, joined(kS3, parts));
  EXPECT_TRUE(b.run(b.store->complete_upload(b.call(), kObject, "u", parts, {})));
}

TEST(Complete, IsSentWithoutTheChecksumToServersThatRefuseIt) {
  Bench b(kS3);
  b.wire.answer(400, {}, error_body("InvalidRequest"));
  b.wire.answer(200, {}, "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>");
  CompleteOptions options;
  options.crc32c = 1;
  EXPECT_TRUE(b.run(b.store->complete_upload(b.call(), kObject, "u", two_parts(kS3), options)));
  EXPECT_EQ(b.header("x-amz-checksum-crc32c"), "");
  EXPECT_NE(b.wire.seen[0].request.headers.get("x-amz-checksum-crc32c"), "");
}

}  // namespace
}  // namespace sluice::engine
