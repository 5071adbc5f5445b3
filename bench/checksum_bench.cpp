// Bytes a second of each checksum, and what one combine costs.
#include <benchmark/benchmark.h>

#include <vector>

#include "io/checksum.h"

namespace {

using namespace sluice::io;

template <auto F>
void bytes(benchmark::State& state) {
  const std::vector<char> data(static_cast<std::size_t>(state.range(0)), 'x');
  decltype(F(0, Bytes{})) crc = 0;
  for (auto _ : state) benchmark::DoNotOptimize(crc = F(crc, data));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

template <auto F>
void combine(benchmark::State& state) {
  decltype(F(0, 0, 0)) crc = 1;
  for (auto _ : state) benchmark::DoNotOptimize(crc = F(crc, 12345, 8u << 20));
}

BENCHMARK(bytes<crc64_ecma>)->Name("crc64_ecma")->Arg(16 << 10)->Arg(1 << 20);
BENCHMARK(bytes<crc64_nvme>)->Name("crc64_nvme")->Arg(16 << 10)->Arg(1 << 20);
BENCHMARK(bytes<crc32c>)->Name("crc32c")->Arg(16 << 10)->Arg(1 << 20);
BENCHMARK(bytes<crc32>)->Name("crc32")->Arg(16 << 10)->Arg(1 << 20);
BENCHMARK(bytes<portable::crc64_ecma>)->Name("crc64_ecma_portable")->Arg(1 << 20);
BENCHMARK(bytes<portable::crc64_nvme>)->Name("crc64_nvme_portable")->Arg(1 << 20);
BENCHMARK(bytes<portable::crc32c>)->Name("crc32c_portable")->Arg(1 << 20);
BENCHMARK(combine<crc64_ecma_combine>)->Name("crc64_ecma_combine_8MiB");
BENCHMARK(combine<crc32c_combine>)->Name("crc32c_combine_8MiB");

}  // namespace
