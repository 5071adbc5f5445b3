// What one signature and one verification cost, for each family: a part's upload with three own headers.
#include <benchmark/benchmark.h>

#include "bench/part_request.h"
#include "signers/chunked.h"
#include "signers/digest.h"
#include "signers/v4.h"
#include "signers/verifier.h"

namespace {

using namespace sluice;
using namespace sluice::signers;
using bench::kWho;
using bench::part_request;

void sign(benchmark::State& state, Scheme scheme) {
  const auto one = signer(scheme);
  const auto with = bench::sign_context();
  io::Request request = part_request();
  for (auto _ : state) {
    one->sign(request, with);  // replaces the signature before
    benchmark::DoNotOptimize(request);
  }
}

void check(benchmark::State& state, Scheme scheme) {
  const auto with = bench::sign_context();
  io::Request request = part_request();
  signer(scheme)->sign(request, with);
  Received received{request.method, request.path, {}, request.query, request.headers, with.resource};
  received.headers.add("Host", request.host);
  const Account account{kWho, {}, "bench"};
  const VerifyContext server{with.time, with.region, [&](const std::string&) { return &account; }};
  for (auto _ : state) {
    const Verdict verdict = verify(received, server);
    if (verdict.refusal != Refusal::none) state.SkipWithError(verdict.message.c_str());
  }
}

/// A signature under a key that stands in the cache, without the texts of a request around it.
void signature_alone(benchmark::State& state) {
  const std::string text(400, 'x');
  for (auto _ : state) {
    const HmacKey& key = v4_day_key(kSigV4, kWho, "20231114", "us-east-1");
    benchmark::DoNotOptimize(key.sign_hex(v4_string_to_sign(kSigV4, "20231114T221320Z", "scope", text)));
  }
}

void day_key_derived(benchmark::State& state) {
  Credentials who = kWho;
  for (auto _ : state) {
    who.secret_key[0] = static_cast<char>(who.secret_key[0] + 1);
    benchmark::DoNotOptimize(v4_day_key(kSigV4, who, "20231114", "us-east-1"));
  }
}

void chunk_signature(benchmark::State& state) {
  const std::string data(static_cast<std::size_t>(state.range(0)), 'x');
  ChunkSigner chain(kWho, "us-east-1", "20231114T221320Z", std::string(64, 'a'));
  for (auto _ : state) {
    chain.data(data);
    benchmark::DoNotOptimize(chain.end_of_chunk());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(sign, sigv4, Scheme::sigv4);
BENCHMARK_CAPTURE(sign, tos4, Scheme::tos4);
BENCHMARK_CAPTURE(sign, oss_v4, Scheme::oss_v4);
BENCHMARK_CAPTURE(sign, oss_v1, Scheme::oss_v1);
BENCHMARK_CAPTURE(sign, cos, Scheme::cos);
BENCHMARK_CAPTURE(sign, qingstor, Scheme::qingstor);
BENCHMARK_CAPTURE(check, sigv4, Scheme::sigv4);
BENCHMARK_CAPTURE(check, cos, Scheme::cos);
BENCHMARK_CAPTURE(check, qingstor, Scheme::qingstor);
BENCHMARK(signature_alone);
BENCHMARK(day_key_derived);
BENCHMARK(chunk_signature)->Arg(64 << 10)->Arg(1 << 20);

}  // namespace
