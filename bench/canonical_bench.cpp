// What the texts that a signature signs cost, before anything is hashed: percent-encoding, the canonical
// request of the V4 families, the plain lines of the older ones.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <string_view>

#include "bench/part_request.h"
#include "io/percent.h"
#include "signers/plain_text.h"
#include "signers/v4.h"

namespace {

using namespace sluice;
using namespace sluice::signers;

constexpr std::string_view kPlainKey = "some/folder/of-files/year=2023/month=11/part-00017.parquet";
constexpr std::string_view kEscapedKey = "some folder/f\xC3\xBCr alle/year=2023 (copy)/part #17.parquet";

/// A part's upload with the headers that its signer and checksum have added.
io::Request signed_request() {
  io::Request request = bench::part_request();
  request.headers.add("x-amz-date", "20231114T221320Z");
  request.headers.add("x-amz-content-sha256", std::string(payload::kUnsigned));
  request.headers.add("x-amz-checksum-crc64nvme", "rosUhgp5mIE=");
  return request;
}

void encode_path(benchmark::State& state, std::string_view key) {
  for (auto _ : state) benchmark::DoNotOptimize(io::encode_path(key));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(key.size()));
}
BENCHMARK_CAPTURE(encode_path, plain, kPlainKey);
BENCHMARK_CAPTURE(encode_path, escaped, kEscapedKey);

void decode_path(benchmark::State& state, std::string_view key) {
  const std::string encoded = io::encode_path(key);
  for (auto _ : state) benchmark::DoNotOptimize(io::percent_decode(encoded));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(encoded.size()));
}
BENCHMARK_CAPTURE(decode_path, plain, kPlainKey);
BENCHMARK_CAPTURE(decode_path, escaped, kEscapedKey);

V4Headers headers_of(const V4Family& family, const io::Request& request) {
  const auto choose = [&family](std::string_view name, std::string_view) {
    return v4_always_signed(family, name) ? Signed::listed : Signed::no;
  };
  return v4_headers(family, request.headers, request.host, choose);
}

void v4_query_of_a_part(benchmark::State& state) {
  const io::Request request = signed_request();
  for (auto _ : state) benchmark::DoNotOptimize(v4_query(kSigV4, request.query, {}));
}
BENCHMARK(v4_query_of_a_part);

void v4_headers_of_a_part(benchmark::State& state) {
  const io::Request request = signed_request();
  for (auto _ : state) benchmark::DoNotOptimize(headers_of(kSigV4, request));
}
BENCHMARK(v4_headers_of_a_part);

/// All of it, as the signers put it together.
void v4_request(benchmark::State& state, const V4Family& family) {
  const io::Request request = signed_request();
  const Resource resource = bench::sign_context().resource;
  for (auto _ : state)
    benchmark::DoNotOptimize(v4_canonical_request(
        request.method, family.signs_resource ? v4_resource_path(resource) : request.path,
        v4_query(family, request.query, {}), headers_of(family, request), payload::kUnsigned));
}
BENCHMARK_CAPTURE(v4_request, sigv4, kSigV4);
BENCHMARK_CAPTURE(v4_request, tos4, kTos4);
BENCHMARK_CAPTURE(v4_request, oss_v4, kOssV4);

/// Where OSS V1 and QingStor take their lines from.
void plain_lines(benchmark::State& state) {
  constexpr std::array<std::string_view, 2> names = {"partNumber", "uploadId"};
  const io::Request request = signed_request();
  for (auto _ : state) {
    benchmark::DoNotOptimize(prefixed_header_lines(request.headers, "x-amz-"));
    benchmark::DoNotOptimize(sub_resources(request.query, names));
  }
}
BENCHMARK(plain_lines);

}  // namespace
