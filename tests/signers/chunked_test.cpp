#include "signers/chunked.h"

#include <gtest/gtest.h>

#include "support.h"

namespace sluice::signers {
namespace {

using namespace testing;

std::string frame(std::string_view body, std::size_t chunk, const io::Headers& trailer,
                  bool with_signatures) {
  ChunkSigner signer(kAlice, "us-east-1", "20231114T221320Z", std::string(64, 'a'));
  std::string wire;
  const auto sign = [&](std::string_view data) {
    signer.data(data);
    const std::string signature = signer.end_of_chunk();
    return with_signatures ? signature : std::string();
  };
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const auto data = body.substr(at, chunk);
    wire.append(chunk_head(data.size(), sign(data))).append(data).append(kChunkEnd);
  }
  const std::string last = sign({});
  const std::string end = with_signatures && !trailer.empty() ? signer.trailer(trailer) : std::string();
  return wire + last_chunk(trailer, last, end);
}

TEST(Chunked, LengthIsKnownBeforehandForEveryForm) {
  const io::Headers trailer = {{"x-amz-checksum-crc32c", "sOO8/Q=="}};
  const std::string body(300, 'x');
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 99u, 100u, 101u, 200u, 300u})
    for (const std::size_t chunk : {1u, 16u, 100u, 1000u})
      for (const bool with_signatures : {false, true})
        for (const auto& fields : {io::Headers{}, trailer})
          EXPECT_EQ(framed_size(size, chunk, fields, with_signatures),
                    frame(std::string_view(body).substr(0, size), chunk, fields, with_signatures).size())
              << size << " by " << chunk;
}

TEST(Chunked, LengthsBeyondMemoryAreExact) {
  const std::uint64_t chunk = 1 << 20, chunks = std::uint64_t{5} << 20;
  EXPECT_EQ(framed_size(chunk * chunks, chunk, {}, false), chunks * (chunk + 6 + 2 + 2) + 5);
}

TEST(Chunked, UnsignedFormHasPlainHeadsAndATrailer) {
  EXPECT_EQ(frame("hello", 5, {{"x-amz-checksum-crc32c", "mnG7TA=="}}, false),
            "5\r\nhello\r\n0\r\nx-amz-checksum-crc32c:mnG7TA==\r\n\r\n");
  EXPECT_EQ(frame("", 5, {}, false), "0\r\n\r\n");
}

TEST(Chunked, EverySignatureDependsOnAllBeforeIt) {
  const std::string body(64, 'x');
  std::string other = body;
  other[0] = 'y';
  const std::string a = frame(body, 16, {}, true), b = frame(other, 16, {}, true);
  const auto last_signature = [](const std::string& wire) { return wire.substr(wire.rfind('=') + 1); };

  EXPECT_NE(last_signature(a), last_signature(b));
}

}  // namespace
}  // namespace sluice::signers
