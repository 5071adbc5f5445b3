// Bodies on the wire: framing, digests that come with them, and what happens to those cut short.
#include "emulator/body_decoder.h"
#include "io/checksum.h"
#include "io/time_text.h"
#include "server_fixture.h"
#include "signers/chunked.h"
#include "signers/digest.h"

namespace sluice::emulator::test {
namespace {

struct Decoded {
  std::string plain;
  BodyDecoder::State state;
  std::size_t used;
  io::Headers trailer;
};

Decoded decode(BodyFraming framing, std::string_view wire, std::size_t piece) {
  Decoded result{};
  BodyDecoder decoder(framing, [&](std::string_view plain) {
    result.plain += plain;
    return true;
  });
  while (result.used < wire.size() && decoder.state() == BodyDecoder::State::more) {
    result.used += decoder.feed(wire.substr(result.used, piece));
  }
  result.state = decoder.state();
  result.trailer = decoder.trailer();
  return result;
}

TEST(BodyDecoder, GivesTheSameWhereverTheBytesAreCut) {
  const std::string framed = "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32c:yZRlqg==\r\n\r\n";
  std::string chunked;
  for (std::size_t at = 0; at < framed.size(); at += 7) {
    const std::string some = framed.substr(at, 7);
    chunked += std::to_string(some.size()) + "\r\n" + some + "\r\n";
  }
  chunked += "0\r\n\r\nGET ";

  for (std::size_t piece = 1; piece <= chunked.size(); ++piece) {
    BodyFraming framing;
    framing.http_chunked = true;
    framing.store_chunked = true;
    const Decoded decoded = decode(framing, chunked, piece);
    ASSERT_EQ(decoded.plain, "hello world") << piece;
    ASSERT_EQ(decoded.state, BodyDecoder::State::done);
    ASSERT_EQ(decoded.used, chunked.size() - 4) << "the next request was eaten";
    ASSERT_EQ(decoded.trailer.get("x-amz-checksum-crc32c"), "yZRlqg==");
  }
}

TEST(BodyDecoder, NeverTakesACutBodyForAWholeOne) {
  const std::string framed = "5\r\nhello\r\n0\r\n\r\n";
  for (std::size_t length = 0; length < framed.size(); ++length) {
    BodyFraming framing;
    framing.store_chunked = true;
    framing.length = length;
    const Decoded decoded = decode(framing, framed.substr(0, length), 3);
    ASSERT_NE(decoded.state, BodyDecoder::State::done) << length;
  }
}

class ServerBody : public ServerTest {
 protected:
  void SetUp() override {
    start();
    ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  }
  std::string code_of(io::Headers headers) {
    return element(s3("PUT", "/bucket/k", "hello world", std::move(headers)).body, "Code");
  }
};

TEST_F(ServerBody, ThatIsCutShortBecomesNoObject) {
  Ask put{.method = "PUT", .path = "/bucket/cut", .body = bytes_of(500'000, 1)};
  {
    Wire wire(server_->port());
    wire.send(head(put) + put.body.substr(0, 400'000));
    wire.close_sending();
    EXPECT_NE(wire.receive().status, 200);
  }
  EXPECT_EQ(s3("HEAD", "/bucket/cut").status, 404);
}

TEST_F(ServerBody, MustMatchEveryDigestThatComesWithIt) {
  const std::string body = "hello world";
  EXPECT_EQ(code_of({{"Content-MD5", signers::base64(signers::md5("other"))}}), "BadDigest");
  EXPECT_EQ(code_of({{"Content-MD5", "not base64"}}), "InvalidDigest");
  EXPECT_EQ(code_of({{"Content-MD5", ""}}), "InvalidDigest");
  EXPECT_EQ(code_of({{"x-amz-checksum-crc32c", "AAAAAA=="}}), "BadDigest");
  EXPECT_EQ(code_of({{"x-amz-checksum-crc32c", "AAAA"}}), "InvalidRequest");
  EXPECT_EQ(s3("HEAD", "/bucket/k").status, 404) << "a refused body became an object";
  EXPECT_EQ(code_of({{"Content-MD5", signers::base64(signers::md5(body))},
                     {"x-amz-checksum-crc32c", signers::base64(io::checksum_bytes(io::crc32c(0, body)))}}),
            "");
  EXPECT_EQ(s3("GET", "/bucket/k").body, body);
}

TEST_F(ServerBody, MustMatchTheHashThatWasSigned) {
  Ask put{.method = "PUT", .path = "/bucket/k", .body = "hello"};
  put.payload_hash = signers::sha256_hex("hello");
  EXPECT_EQ(ask(put).status, 200);
  put.body = "jello";
  const Answer refused = ask(put);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(element(refused.body, "Code"), "XAmzContentSHA256Mismatch");
}

TEST_F(ServerBody, MayComeInChunksWithATrailer) {
  const std::string body = bytes_of(200'000, 2);
  const auto put = [&](const std::string& checksum) {
    io::Headers trailer{{"x-amz-checksum-crc32c", checksum}};
    std::string framed;
    for (std::size_t at = 0; at < body.size(); at += 65'536) {
      const std::string some = body.substr(at, 65'536);
      framed += signers::chunk_head(some.size()) + some + "\r\n";
    }
    framed += signers::last_chunk(trailer);
    Ask ask{.method = "PUT", .path = "/bucket/chunked", .body = framed};
    ask.payload_hash = signers::payload::kUnsignedTrailer;
    ask.headers = {{"Content-Encoding", "aws-chunked,gzip"},
                   {"x-amz-decoded-content-length", std::to_string(body.size())},
                   {"x-amz-trailer", "x-amz-checksum-crc32c"}};
    return this->ask(ask);
  };

  EXPECT_EQ(element(put("AAAAAA==").body, "Code"), "BadDigest");
  const Answer stored = put(signers::base64(io::checksum_bytes(io::crc32c(0, body))));

  ASSERT_EQ(stored.status, 200) << stored.body;
  const Answer got = s3("GET", "/bucket/chunked");
  EXPECT_EQ(got.body, body);
  EXPECT_EQ(got.headers.get("Content-Encoding"), "gzip") << "the framing leaked into the object";
}

TEST_F(ServerBody, InSignedChunksIsRefusedWhenOneByteIsTurned) {
  const std::string body = bytes_of(100'000, 3);
  const auto put = [&](bool tamper) {
    Ask ask{.method = "PUT", .path = "/bucket/signed"};
    ask.payload_hash = signers::payload::kSigned;
    ask.headers = {{"Content-Encoding", "aws-chunked"},
                   {"x-amz-decoded-content-length", std::to_string(body.size())}};
    std::string text = head(ask, false);
    const auto at = text.find("Signature=") + 10;
    const Credentials credentials{options_.access_key, secret_, {}};
    signers::ChunkSigner chain(credentials, "us-east-1", io::basic_time(now_), text.substr(at, 64));
    std::string framed;
    for (std::size_t from = 0; from < body.size(); from += 65'536) {
      std::string some = body.substr(from, 65'536);
      chain.data(some);
      framed += signers::chunk_head(some.size(), chain.end_of_chunk());
      if (tamper && from > 0) some[5] = static_cast<char>(~some[5]);
      framed += some + "\r\n";
    }
    framed += signers::last_chunk({}, chain.end_of_chunk());
    text.insert(text.size() - 2, "Content-Length: " + std::to_string(framed.size()) + "\r\n");
    Wire wire(server_->port());
    wire.send(text + framed);
    return wire.receive();
  };

  const Answer refused = put(true);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(element(refused.body, "Code"), "SignatureDoesNotMatch");
  EXPECT_EQ(put(false).status, 200);
  EXPECT_EQ(s3("GET", "/bucket/signed").body, body);
}

TEST_F(ServerBody, IsAskedForOnlyWhenItIsWelcome) {
  Ask welcome{.method = "PUT", .path = "/bucket/k", .headers = {{"Expect", "100-continue"}}, .body = "hello"};
  Wire wire(server_->port());
  wire.send(head(welcome));
  ASSERT_EQ(wire.receive().status, 100);
  wire.send(welcome.body);
  EXPECT_EQ(wire.receive().status, 200);

  Ask unwelcome = welcome;
  unwelcome.path = "/no-such-bucket/k";
  Wire other(server_->port());
  other.send(head(unwelcome));
  EXPECT_EQ(other.receive().status, 404);
}

TEST_F(ServerBody, ThatNeverComesEndsTheConnection) {
  options_.idle_seconds = 1;
  restart();
  Ask put{.method = "PUT", .path = "/bucket/k", .body = "hello"};
  Wire wire(server_->port());
  wire.send(head(put));
  EXPECT_EQ(wire.receive().status, 0);
}

TEST_F(ServerBody, OfARefusedRequestLeavesTheConnectionUsable) {
  Ask refused{.method = "PUT", .path = "/no-such-bucket/k", .body = bytes_of(300'000, 4)};
  Ask get{.path = "/bucket"};
  Wire wire(server_->port());
  wire.send(head(refused) + refused.body);
  EXPECT_EQ(wire.receive().status, 404);
  wire.send(head(get));
  EXPECT_EQ(wire.receive().status, 200);
}

}  // namespace
}  // namespace sluice::emulator::test
