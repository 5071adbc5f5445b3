// Bytes a second of each checksum, in one go and by parts that are combined, and what one combine costs.
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

/// The same object in parts, each from 0, as workers do it.
template <auto F, auto Combine>
void by_parts(benchmark::State& state) {
  constexpr std::size_t kParts = 8;
  const std::vector<char> data(static_cast<std::size_t>(state.range(0)), 'x');
  const std::size_t size = data.size() / kParts;
  for (auto _ : state) {
    decltype(F(0, Bytes{})) crc = 0;
    for (std::size_t i = 0; i < kParts; ++i)
      crc = Combine(crc, F(0, Bytes(data).subspan(i * size, size)), size);
    benchmark::DoNotOptimize(crc);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

template <auto F>
void combine(benchmark::State& state) {
  decltype(F(0, 0, 0)) crc = 1;
  for (auto _ : state) benchmark::DoNotOptimize(crc = F(crc, 12345, 8u << 20));
}

BENCHMARK(bytes<crc64_ecma>)->Name("crc64_ecma")->Arg(16 << 10)->Arg(1 << 20)->Arg(64 << 20);
BENCHMARK(bytes<crc64_nvme>)->Name("crc64_nvme")->Arg(16 << 10)->Arg(1 << 20)->Arg(64 << 20);
BENCHMARK(bytes<crc32c>)->Name("crc32c")->Arg(16 << 10)->Arg(1 << 20)->Arg(64 << 20);
BENCHMARK(bytes<crc32>)->Name("crc32")->Arg(16 << 10)->Arg(1 << 20)->Arg(64 << 20);
BENCHMARK(bytes<portable::crc64_ecma>)->Name("crc64_ecma_portable")->Arg(1 << 20);
BENCHMARK(bytes<portable::crc64_nvme>)->Name("crc64_nvme_portable")->Arg(1 << 20);
BENCHMARK(bytes<portable::crc32c>)->Name("crc32c_portable")->Arg(1 << 20);
BENCHMARK(by_parts<crc64_ecma, crc64_ecma_combine>)
    ->Name("crc64_ecma_by_8_parts")
    ->Arg(1 << 20)
    ->Arg(64 << 20);
BENCHMARK(by_parts<crc64_nvme, crc64_nvme_combine>)
    ->Name("crc64_nvme_by_8_parts")
    ->Arg(1 << 20)
    ->Arg(64 << 20);
BENCHMARK(by_parts<crc32c, crc32c_combine>)->Name("crc32c_by_8_parts")->Arg(1 << 20)->Arg(64 << 20);
BENCHMARK(by_parts<crc32, crc32_combine>)->Name("crc32_by_8_parts")->Arg(1 << 20)->Arg(64 << 20);
BENCHMARK(combine<crc64_ecma_combine>)->Name("crc64_ecma_combine_8MiB");
BENCHMARK(combine<crc64_nvme_combine>)->Name("crc64_nvme_combine_8MiB");
BENCHMARK(combine<crc32c_combine>)->Name("crc32c_combine_8MiB");
BENCHMARK(combine<crc32_combine>)->Name("crc32_combine_8MiB");

}  // namespace
